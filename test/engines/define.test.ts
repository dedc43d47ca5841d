/** Defining models: inheritance, options, odd names, and every contradiction with its error. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Backref,
  CharField,
  Check,
  CompositeKey,
  type Database,
  DateTimeField,
  ForeignKeyField,
  ImproperlyConfigured,
  IntegerField,
  IntegrityError,
  Model,
  ProgrammingError,
  sortModels,
  TextField,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from './rejection.ts';

class Base extends Model.define({ createdAt: DateTimeField({ default: () => new Date(0) }) }) {
  static meta: { database: Database | null } = { database: null };
  get age(): number {
    return 1;
  }
  static recent(): string {
    return this.name;
  }
}
class Person extends Base.define('person', { username: CharField(), name: CharField({ default: 'no name' }) }) {
  get shout(): string {
    return this.username.toUpperCase();
  }
}
class Admin extends Person.define('admin', { level: IntegerField() }) {
  get rank(): number {
    return this.level;
  }
}
class Audited extends Base.define({ updatedBy: CharField() }) {
  stamp(): string {
    return this.updatedBy;
  }
}
class Post extends Audited.define('post', { title: CharField() }) {}
class Team extends Base.define('team', { captain: ForeignKeyField<Player>(() => Player, { null: true }), title: CharField() }) {
  declare players: Backref<Player>;
}
class Player extends Base.define('player', { team: ForeignKeyField(() => Team, { backref: 'players' }), nick: CharField() }) {
  hello(): string {
    return `I am ${this.nick}`;
  }
}
class Odd extends Base.define('odd "table" – ünïcode', {
  then_: IntegerField({ columnName: 'then' }),
  proto: IntegerField({ columnName: '__proto__' }),
  'qu"ote': CharField(),
  "sp ace's": CharField(),
  größe: CharField(),
  表: CharField(),
  select: CharField(),
  order: CharField(),
  toString_: CharField({ columnName: 'toString' }),
  count: IntegerField(),
  length: IntegerField(),
}) {}

describe.each(backends)('$name', ({ open }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
    await opened.database.createTables([Admin, Player, Team, Post, Person, Odd]);
  });
  afterAll(() => opened.discard());

  test('models inherit fields, getters, methods and statics', async () => {
    const admin = await Admin.create({ username: 'ann', level: 3 });
    const found = await Admin.getById(admin.id);
    expect([found.shout, found.rank, found.age, Admin.recent(), found.name]).toEqual(['ANN', 3, 1, 'Admin', 'no name']);
    expect(found).toBeInstanceOf(Person);
    expect(await Person.select().count()).toBe(0);
    const post = await Post.create({ title: 't', updatedBy: 'me' });
    expect([post.stamp(), post.createdAt.getTime()]).toEqual(['me', 0]);
    expect(await Post.select().where(Post.updatedBy.eq('me')).count()).toBe(1);
    expect(Audited.recent()).toBe('Audited');
  });

  test('a field called `name` is reached through `c`', async () => {
    await Person.create({ username: 'p', name: 'Pia' });
    expect(Person.name).toBe('Person');
    expect((await Person.get(Person.c.name.eq('Pia'))).username).toBe('p');
  });

  test('models may point at each other', async () => {
    const team = await Team.create({ title: 'reds' });
    const player = await Player.create({ team, nick: 'ace' });
    team.captain = player;
    await team.save();
    const again = await Team.getById(team.id);
    expect((await again.captain)?.hello()).toBe('I am ace');
    expect((await again.players).map((one) => one.nick)).toEqual(['ace']);
    const row = await Player.select(Player, Team).join(Team, { on: Player.team }).get();
    expect(row.team.title).toBe('reds');
  });

  test('odd names are names like any other', async () => {
    const values = {
      then_: 1,
      proto: 2,
      'qu"ote': 'q',
      "sp ace's": 's',
      größe: 'g',
      表: 'h',
      select: 'sel',
      order: 'o',
      toString_: 't',
      count: 3,
      length: 4,
    };
    const odd = await Odd.create(values);
    const again = await Odd.get(Odd.c.select.eq('sel'), Odd.c.count.eq(3), Odd.c.length.eq(4), Odd['qu"ote'].eq('q'));
    expect(again.toJSON()).toMatchObject(values);
    expect((await Odd.select(Odd.c.proto.as('__proto__')).dicts())[0]).toHaveProperty(['__proto__'], 2);
    odd.größe = 'new';
    await odd.save();
    expect(await Odd.select(Odd.größe).scalar()).toBe('new');
  });

  test('prototypes cannot be polluted', async () => {
    const evil = JSON.parse('{"username": "x", "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as {
      username: string;
    };
    for (const work of [
      () => Person.create(evil),
      () => Person.insertMany([evil]),
      () => Person.insert(evil),
      () => new Person(evil),
    ]) {
      expect((await rejection(work)).message).toMatch(/Person has no field "(__proto__|constructor)"/);
    }
    expect(await rejection(() => Person.update(evil as never))).toBeInstanceOf(ProgrammingError);
    const extra = await Person.raw('select 1 as "__proto__", 2 as "constructor", \'u\' as "username"').execute();
    expect(extra[0]).toBeInstanceOf(Person);
    expect(Object.getPrototypeOf(extra[0])).toBe(Person.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('tables are made and dropped one by one too', async () => {
    class Lone extends Base.define('lone', { a: IntegerField({ index: true }) }) {}
    expect(await Lone.tableExists()).toBe(false);
    await Lone.createTable();
    await Lone.createTable();
    expect(await Lone.tableExists()).toBe(true);
    expect(await rejection(() => Lone.createTable({ safe: false }))).toBeInstanceOf(Error);
    await Lone.create({ a: 1 });
    await Lone.truncateTable();
    expect(await Lone.select().count()).toBe(0);
    await Lone.dropTable();
    await Lone.dropTable();
    expect(await Lone.tableExists()).toBe(false);
  });

  test('constraints, indexes and keys of the table hold', async () => {
    class Rule extends Base.define(
      'rule',
      {
        a: IntegerField({ constraints: [Check('"a" > 0')] }),
        b: TextField(),
      },
      { indexes: [{ fields: ['a', 'b'], unique: true }], constraints: [Check('"b" <> \'never\'')] },
    ) {}
    class Pair extends Base.define(
      'pair',
      { left: IntegerField(), right: IntegerField() },
      { primaryKey: CompositeKey('left', 'right') },
    ) {}
    class Keyless extends Base.define('keyless', { a: IntegerField() }, { primaryKey: false }) {}
    await opened.database.createTables([Rule, Pair, Keyless]);
    expect(await rejection(() => Rule.create({ a: 0, b: 'x' }))).toMatchObject({ constraint: 'check' });
    expect(await rejection(() => Rule.create({ a: 1, b: 'never' }))).toBeInstanceOf(IntegrityError);
    await Rule.create({ a: 1, b: 'x' });
    expect(await rejection(() => Rule.create({ a: 1, b: 'x' }))).toMatchObject({ constraint: 'unique' });
    const pair = await Pair.create({ left: 1, right: 2 });
    expect(pair.getId()).toEqual([1, 2]);
    expect(await rejection(() => Pair.create({ left: 1, right: 2 }))).toBeInstanceOf(IntegrityError);
    const keyless = await Keyless.create({ a: 1 });
    expect(keyless.getId()).toBeUndefined();
    expect((await rejection(() => keyless.deleteInstance())).message).toContain('no primary key');
    await opened.database.dropTables([Rule, Pair, Keyless]);
  });

  test('a back reference to a model nothing has used yet says so', async () => {
    class Owner extends Base.define('late_owner', {}) {
      declare things: Backref<object>;
    }
    Owner.define('late_thing', { owner: ForeignKeyField(() => Owner, { backref: 'things' }) }, { primaryKey: false });
    await Owner.createTable();
    await opened.database.run({
      statements: [opened.database.dialect.raw('create table late_thing (owner_id integer, created_at text, id integer)', [])],
    });
    const owner = await Owner.create({});
    const error = await rejection(owner.things);
    expect(error).toBeInstanceOf(ImproperlyConfigured);
    await opened.database.run({ statements: [opened.database.dialect.raw('drop table late_thing', [])] });
    await Owner.dropTable();
  });
});

describe('contradictions', () => {
  const failing = (work: () => unknown): Promise<Error> => rejection(work);

  test('names that belong to rows or to JavaScript', async () => {
    for (const key of ['save', 'then', 'constructor', '__proto__', '~row', 'toJSON']) {
      const fields = Object.defineProperty({}, key, { value: CharField(), enumerable: true });
      const error = await failing(() => Model.define('x', fields as never));
      expect(error, key).toBeInstanceOf(ImproperlyConfigured);
      expect(error.message).toContain('rename the field and set columnName');
    }
  });

  test('names no database takes', async () => {
    expect(await failing(() => Model.define('', {}))).toBeInstanceOf(ImproperlyConfigured);
    expect(await failing(() => Model.define('a\0b', {}))).toBeInstanceOf(ImproperlyConfigured);
    expect(await failing(() => Model.define('x', { a: CharField({ columnName: 'lone \ud800' }) }))).toBeInstanceOf(
      ImproperlyConfigured,
    );
  });

  test('fields that are none, columns that clash', async () => {
    expect((await failing(() => Model.define('x', { a: 'text' } as never))).message).toContain('"a" is no field');
    expect((await failing(() => Model.define('x', { user: ForeignKeyField('self'), userId: IntegerField() }))).message).toContain(
      'userId',
    );
    class Clash extends Model.define('x', { aB: CharField(), a_b: CharField() }) {}
    expect((await failing(() => Clash.select())).message).toContain('same column');
  });

  test('a property that hides a field', async () => {
    class Hides extends Model.define('x', { title: CharField() }) {
      override title = 'own';
    }
    const error = await failing(() => new Hides());
    expect(error).toBeInstanceOf(ImproperlyConfigured);
    expect(error.message).toContain('declare title');
  });

  test('abstract models have no table', async () => {
    class Abstract extends Model.define({ a: CharField() }) {}
    expect((await failing(() => Abstract.select())).message).toContain('Abstract has no table');
    expect(await failing(() => Model.select())).toBeInstanceOf(ImproperlyConfigured);
  });

  test('back references that clash', async () => {
    class Target extends Model.define('target', { title: CharField() }) {}
    class Takes extends Model.define('takes', { target: ForeignKeyField(() => Target, { backref: 'title' }) }) {}
    expect((await failing(() => Takes.select())).message).toContain('backref "title" is taken');
  });

  test('foreign keys to nothing', async () => {
    class Nowhere extends Model.define('nowhere', { target: ForeignKeyField(() => undefined as never) }) {}
    expect((await failing(() => Nowhere.target)).message).toContain('Nowhere.target');
    class Many extends Model.define('many', { a: IntegerField(), b: IntegerField() }, { primaryKey: CompositeKey('a', 'b') }) {}
    class ToMany extends Model.define('to_many', { many: ForeignKeyField(() => Many) }) {}
    expect((await failing(() => ToMany.many)).message).toContain('not one field');
  });

  test('a primary key said too late', async () => {
    class Late extends Model.define('late', { a: IntegerField() }) {
      static meta = { primaryKey: CompositeKey('a') };
    }
    expect((await failing(() => Late.select())).message).toContain('third argument');
  });

  test('sortModels puts what is pointed at first', () => {
    expect(sortModels([Player, Admin, Team]).map((model) => model.name)).toEqual(['Admin', 'Team', 'Player']);
  });
});
