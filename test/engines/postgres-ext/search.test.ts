/** Search for words, for what is alike and for what is near, on the engine itself. */
import { expect, test } from 'vitest';
import {
  ArrayField,
  CITextField,
  headline,
  isSimilar,
  Match,
  similarity,
  TSVectorField,
  textDistance,
  toTsvector,
  VectorField,
  wordSimilarity,
} from '../../../src/entry/postgresql-ext.ts';
import {
  DataError,
  type Expr,
  ImproperlyConfigured,
  IntegrityError,
  Model,
  NotSupportedError,
  ProgrammingError,
  raw,
  TextField,
} from '../../../src/index.ts';
import { rejection } from '../rejection.ts';
import { eachPostgres } from './support.ts';

class Article extends Model.define('article', {
  title: TextField(),
  bodyText: TextField({ null: true }),
  search: TSVectorField({ from: { title: 'A', bodyText: 'B' }, language: 'english' }),
  own: TSVectorField({ null: true, language: 'simple' }),
}) {}
class Person extends Model.define('person', {
  label: TextField({ index: { using: 'gist', opclass: 'gist_trgm_ops' } }),
  mail: CITextField({ unique: true }),
  aliases: ArrayField(CITextField(), { default: [], index: false }),
}) {}
class Item extends Model.define('item', {
  label: TextField(),
  at: VectorField({ dimensions: 3 }),
  free: VectorField({ null: true }),
}) {
  static meta = { indexes: [{ fields: ['at'], using: 'hnsw', opclass: 'vector_l2_ops' }] };
}

const CATS = 'Cats are running';
const DOGS = 'The dog and the cat';

eachPostgres('full text search', [Article], (suite) => {
  async function articles(): Promise<void> {
    await Article.truncateTable();
    await Article.create({ title: CATS, bodyText: 'A story of "mice" & <b>men</b>' });
    await Article.create({ title: DOGS });
    await Article.create({ title: "it's odd: \\ ' \" & | ! ( ) <-> :*", bodyText: '' });
  }
  const titles = async (where: Expr<boolean>) =>
    (await Article.select(Article.title).where(where).orderBy(Article.id).tuples()).map(([title]) => title);

  test('a generated column keeps itself up to date', async () => {
    await articles();
    expect(await titles(Article.search.match('cat'))).toEqual([CATS, DOGS]);
    expect(await titles(Article.search.match('run -dog'))).toEqual([CATS]);
    const row = await Article.get(Article.title.eq(DOGS));
    row.bodyText = 'now with mice';
    await row.save();
    expect(await titles(Article.search.match('mouse'))).toEqual([]);
    expect(await titles(Article.search.match('mice'))).toEqual([CATS, DOGS]);
    expect((await Article.get(Article.title.eq(CATS))).search).toContain("'cat':1A");
    await Article.insertMany([{ title: 'bulk cats' }, { title: 'bulk dogs' }]);
    expect(await titles(Article.search.match('bulk cat'))).toEqual(['bulk cats']);
    expect((await rejection(Article.create({ title: 'x', search: 'y' } as never))).message).toMatch(/search/);
  });

  test('is asked in four ways', async () => {
    await articles();
    expect(await titles(Article.search.match('dog or running'))).toEqual([CATS, DOGS]);
    expect(await titles(Article.search.match('"dog and the cat"'))).toEqual([DOGS]);
    expect(await titles(Article.search.match('dog cat', { syntax: 'plain' }))).toEqual([DOGS]);
    expect(await titles(Article.search.match('cat dog', { syntax: 'phrase' }))).toEqual([]);
    expect(await titles(Article.search.match('cat & !dog', { syntax: 'raw' }))).toEqual([CATS]);
    expect(await titles(Article.search.match('ca:* & ru:*', { syntax: 'raw' }))).toEqual([CATS]);
    expect(await rejection(Article.select().where(Article.search.match('cat &', { syntax: 'raw' })))).toBeInstanceOf(
      ProgrammingError,
    );
    for (const hostile of ['', "'", '"', '\\', '& | !', '(', ':*', '<->', "'; drop table article; --", '😀', '%'])
      expect(Array.isArray(await titles(Article.search.match(hostile)))).toBe(true);
    expect(await rejection(Article.select().where(Article.search.match('a', { language: "no'such" })))).toBeInstanceOf(
      ProgrammingError,
    );
    expect(await titles(Match(Article.title, 'cat', { language: 'english' }))).toEqual([CATS, DOGS]);
    expect(await titles(Match(Article.title, 'cat', { language: 'simple' }))).toEqual([DOGS]);
    expect(await titles(Match(Article.search, 'cat', { language: 'english' }))).toEqual([CATS, DOGS]);
    expect(await titles(Article.search.match(Article.title).not())).toEqual([]);
  });

  test('ranks what it found', async () => {
    await articles();
    await Article.create({ title: 'nothing', bodyText: 'cat' });
    const ranked = await Article.select(Article.title)
      .where(Article.search.match('cat'))
      .orderBy(Article.search.rank('cat').desc(), Article.id)
      .tuples();
    expect(ranked.at(-1)).toEqual(['nothing']);
    const rank = (options?: object) =>
      Article.select(Article.search.rank('cat', options)).where(Article.title.eq(CATS)).scalar() as Promise<number>;
    expect(await rank()).toBeGreaterThan(0);
    expect(await rank({ weights: { A: 0 } })).toBe(0);
    expect(await rank({ normalization: 2 })).toBeLessThan(await rank());
    expect(await rank({ nearness: true })).toBe(1);
    expect(() => Article.search.rank('cat', { weights: { A: Number.NaN } })).toThrow(DataError);
    expect(() => Article.search.rank('cat', { normalization: '1); drop' as never })).toThrow(DataError);
  });

  test('shows what it found', async () => {
    await articles();
    const shown = (options?: object) =>
      Article.select(headline(Article.title, 'run', { language: 'english', ...options }))
        .where(Article.title.eq(CATS))
        .scalar();
    expect(await shown()).toBe('Cats are <b>running</b>');
    expect(await shown({ start: '<a title="x">', stop: '\\' })).toBe('Cats are <a title="x">running\\');
    expect(await shown({ start: '\', StopSel="!"', stop: '' })).toBe(`Cats are ', StopSel="!"running`);
    expect(await shown({ all: true, start: '[', stop: ']' })).toBe('Cats are [running]');
    expect(
      await shown({ maxFragments: 1, maxWords: 2, minWords: 1, shortWord: 0, fragmentDelimiter: '…', start: '[', stop: ']' }),
    ).toMatch(/\[running\]/);
  });

  test('vectors are made, weighed and joined', async () => {
    await articles();
    await Article.update({ own: toTsvector(Article.title, { language: 'simple', weight: 'C' }) });
    const { own } = await Article.get(Article.title.eq(CATS));
    expect(own).toBe("'are':2C 'cats':1C 'running':3C");
    const of = (expression: Expr<unknown>) => Article.select(expression.as('it')).where(Article.title.eq(CATS)).scalar();
    expect(await of(Article.own.setWeight('A'))).toBe("'are':2A 'cats':1A 'running':3A");
    expect(await of(Article.own.strip())).toBe("'are' 'cats' 'running'");
    expect(await of(Article.own.lexemes())).toEqual(['are', 'cats', 'running']);
    expect(await of(Article.own.lexemes().length())).toBe(3);
    expect(await of(Article.own.concat("'more':1").match('more'))).toBe(true);
    await Article.update({ own: "'a b':1 'it''s':2" }).where(Article.title.eq(CATS));
    expect((await Article.get(Article.title.eq(CATS))).own).toBe("'a b':1 'it''s':2");
    expect(() => TSVectorField({ from: [], language: 'simple' })).toThrow(ImproperlyConfigured);
    expect(() => TSVectorField({ from: ['title'] } as never)).toThrow(ImproperlyConfigured);
  });

  test('is found by its index', async () => {
    await Article.truncateTable();
    await Article.insertMany(Array.from({ length: 3000 }, (_, n) => ({ title: `word${n} cat` })));
    await suite.database.executeSql('vacuum analyze article');
    expect(JSON.stringify(await suite.database.explain(Article.select().where(Article.search.match('word7'))))).toContain(
      'article_search',
    );
  });
});

eachPostgres(
  'likeness',
  [Person],
  (suite) => {
    test('text without case equals whatever the case', async () => {
      const { id } = await Person.create({ label: 'Ann', mail: 'Ann@Example.org', aliases: ['ANN', 'a'] });
      expect((await Person.get(Person.mail.eq('ann@EXAMPLE.org'))).mail).toBe('Ann@Example.org');
      expect(await rejection(Person.create({ label: 'Bob', mail: 'ANN@example.org' }))).toBeInstanceOf(IntegrityError);
      expect(await Person.select().where(Person.mail.in(['x', 'ANN@EXAMPLE.ORG']))).toHaveLength(1);
      expect(await Person.select().where(Person.mail.startsWith('ANN'))).toHaveLength(1);
      expect(await Person.select().where(Person.aliases.any().eq('aNN'))).toHaveLength(1);
      expect((await Person.getById(id)).aliases).toEqual(['ANN', 'a']);
    });

    test('texts are alike', async () => {
      await Person.delete();
      await Person.insertMany(['Jonathan', 'Jon', 'Mary'].map((label) => ({ label, mail: `${label}@x` })));
      const names = await Person.select(Person.label).orderBy(similarity(Person.label, 'jonatan').desc()).tuples();
      expect(names[0]).toEqual(['Jonathan']);
      expect((await Person.select(Person.label).orderBy(textDistance(Person.label, 'marie')).limit(1).tuples())[0]).toEqual([
        'Mary',
      ]);
      expect(await Person.select(Person.label).where(isSimilar(Person.label, 'mari')).tuples()).toEqual([['Mary']]);
      expect(await Person.select(wordSimilarity('jon', Person.label)).where(Person.label.eq('Jon')).scalar()).toBe(1);
      await Person.insertMany(Array.from({ length: 3000 }, (_, n) => ({ label: `name${n}`, mail: `${n}` })));
      await suite.database.executeSql('vacuum analyze person');
      const nearest = Person.select().orderBy(textDistance(Person.label, 'name77')).limit(1);
      expect(JSON.stringify(await suite.database.explain(nearest))).toContain('person_label');
    });
  },
  ['pg_trgm'],
);

eachPostgres('vectors', [], (suite) => {
  test('come back and are near', async ({ skip }) => {
    suite.database.bind([Item]);
    const error = await suite.database.createTables([Item]).catch((reason: unknown) => reason);
    // Debian's PostgreSQL comes without pgvector.
    if (error !== undefined && suite.name === 'postgres server') {
      expect(error).toBeInstanceOf(NotSupportedError);
      skip('the extension vector is not installed on this server');
    }
    expect(error).toBeUndefined();
    await Item.insertMany([
      { label: 'x', at: [1, 0, 0] },
      { label: 'y', at: [0, 1, 0], free: [1, 2] },
      { label: 'far', at: [10, 0, 0.5] },
    ]);
    expect(await Item.select(Item.at, Item.free).orderBy(Item.id).tuples()).toEqual([
      [[1, 0, 0], null],
      [
        [0, 1, 0],
        [1, 2],
      ],
      [[10, 0, 0.5], null],
    ]);
    const nearest = async (by: Expr<number>) => (await Item.select(Item.label).orderBy(by).tuples()).map(([name]) => name);
    expect(await nearest(Item.at.l2Distance([1, 0.1, 0]))).toEqual(['x', 'y', 'far']);
    expect(await nearest(Item.at.cosineDistance([1, 0.1, 0]))).toEqual(['x', 'far', 'y']);
    expect((await nearest(Item.at.negativeInnerProduct([1, 0, 0])))[0]).toBe('far');
    expect((await nearest(Item.at.l1Distance([0, 1, 0])))[0]).toBe('y');
    expect(
      await Item.select(Item.at.l2Distance([4, 4, 0]))
        .where(Item.label.eq('x'))
        .scalar(),
    ).toBe(5);
    expect(await Item.select(Item.at.l2Distance(Item.at)).limit(1).scalar()).toBe(0);
    for (const at of [[1, 2], [1, 2, Number.NaN], 'x', [], ['1', 2, 3]])
      expect(await rejection(Item.create({ label: 'z', at: at as never }))).toBeInstanceOf(DataError);
    const plan = await suite.database.atomic(async (tx) => {
      await raw('set local enable_seqscan to off').bind(tx).execute();
      return raw(`explain select * from item order by at <-> '[1,0,0]' limit 1`).bind(tx).execute();
    });
    expect(JSON.stringify(plan)).toContain('item_at');
  });
});
