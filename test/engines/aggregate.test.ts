/** Groups, aggregates, distinct rows, windows, compounds and pages: what whole tables are asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Case,
  Cast,
  CharField,
  type Database,
  ForeignKeyField,
  fn,
  IntegerField,
  JSONField,
  Model,
  NotSupportedError,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from './rejection.ts';

class Base extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}
class Team extends Base.define('team', {
  code: CharField({ primaryKey: true }),
  facts: JSONField<{ a?: number }>({ default: {} }),
}) {}
class Score extends Base.define('score', {
  team: ForeignKeyField(() => Team, { onDelete: 'SET NULL', onUpdate: 'CASCADE', null: true }),
  player: CharField(),
  points: IntegerField({ null: true }),
}) {}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
    await opened.database.createTables([Team, Score]);
    await Team.insertMany([{ code: 'red' }, { code: 'blue' }, { code: 'idle' }]);
    await Score.insertMany([
      { team: 'red', player: 'ann', points: 3 },
      { team: 'red', player: 'bob', points: 5 },
      { team: 'blue', player: 'ann', points: 4 },
      { team: 'blue', player: 'cat', points: null },
      { team: 'red', player: 'ann', points: 3 },
    ]);
  });
  afterAll(() => opened.discard());

  test('groups with conditions on them', async () => {
    const rows = await Score.select(
      Score.team,
      fn.count().as('n'),
      fn.count(Score.player.distinct()).as('players'),
      fn.sum(Score.points).as('sum'),
      fn.avg(Score.points).as('avg'),
      fn.min(Score.points).as('min'),
      fn.max(Score.points).as('max'),
    )
      .groupBy(Score.team)
      .having(fn.count().gt(1))
      .orderBy(fn.sum(Score.points).desc())
      .dicts();
    expect(rows).toEqual([
      { team: 'red', n: 3, players: 2, sum: 11, avg: 11 / 3, min: 3, max: 5 },
      { team: 'blue', n: 2, players: 2, sum: 4, avg: 4, min: 4, max: 4 },
    ]);
    const large = Score.select(Score.team).groupBy(Score.team).having(fn.sum(Score.points).gt(10));
    expect(await large.tuples()).toEqual([['red']]);
    expect(await Team.select(Team.code).where(Team.code.in(large)).scalars()).toEqual(['red']);
    const none = await Score.select(fn.sum(Score.points), fn.count()).where(Score.player.eq('nobody')).tuples();
    expect(none).toEqual([[null, 0]]);
  });

  test('distinct rows are counted as such', async () => {
    const pairs = Score.select(Score.player, Score.points).distinct();
    expect(await pairs.count()).toBe(4);
    expect(await pairs.where(Score.player.eq('ann')).orderBy(Score.points).tuples()).toEqual([
      ['ann', 3],
      ['ann', 4],
    ]);
  });

  test('order, nulls, pages', async () => {
    const points = Score.select(Score.points);
    expect(await points.orderBy(Score.points.asc({ nulls: 'first' })).scalars()).toEqual([null, 3, 3, 4, 5]);
    expect(await points.orderBy(Score.points.asc({ nulls: 'last' })).scalars()).toEqual([3, 3, 4, 5, null]);
    expect(await points.orderBy(Score.points.desc({ nulls: 'last' })).scalars()).toEqual([5, 4, 3, 3, null]);
    const ids = Score.select(Score.id).orderBy(Score.id);
    expect(await ids.limit(2).offset(1).scalars()).toEqual([2, 3]);
    expect(await ids.offset(3).scalars()).toEqual([4, 5]);
    expect([await ids.paginate(1, 2).scalars(), await ids.paginate(3, 2).scalars(), await ids.paginate(4, 2).scalars()]).toEqual([
      [1, 2],
      [5],
      [],
    ]);
    expect(await ids.limit(2).count()).toBe(2);
  });

  test('compounds', async () => {
    const of = (team: string) => Score.select(Score.player).where(Score.team.eq(team));
    const players = async (query: PromiseLike<Score[]>) => (await query).map((row) => row.player);
    expect((await players(of('red').union(of('blue')))).sort()).toEqual(['ann', 'bob', 'cat']);
    expect((await players(of('red').unionAll(of('blue')))).length).toBe(5);
    expect(await players(of('red').intersect(of('blue')))).toEqual(['ann']);
    expect(await players(of('red').except(of('blue')))).toEqual(['bob']);
    expect(await players(of('red').union(of('blue')).orderBy(Score.player.desc()).limit(1))).toEqual(['cat']);
  });

  test('windows, CASE and CAST', async () => {
    const rows = await Score.select(
      Score.id,
      fn
        .rowNumber()
        .over({ partitionBy: [Score.team], orderBy: [Score.id] })
        .as('place'),
      fn
        .sum(Score.points)
        .over({ orderBy: [Score.id] })
        .as('running'),
      Case(null, [[Score.points.gte(4), 'high']], 'low').as('kind'),
      Cast<string>(Score.points, 'text').as('text'),
    )
      .orderBy(Score.id)
      .tuples();
    expect(rows).toEqual([
      [1, 1, 3, 'low', '3'],
      [2, 2, 8, 'high', '5'],
      [3, 1, 12, 'high', '4'],
      [4, 2, 12, 'low', null],
      [5, 3, 15, 'low', '3'],
    ]);
  });

  test('a key that changes is changed where it is pointed at, one that goes is freed', async () => {
    await opened.database.atomic(async (tx) => {
      await tx(Team).update({ code: 'green' }).where(Team.code.eq('red')).execute();
      expect(await tx(Score).select().where(Score.team.eq('green')).count()).toBe(3);
      await tx(Team).delete().where(Team.code.eq('green')).execute();
      expect(await tx(Score).select().where(Score.team.isNull()).count()).toBe(3);
      await tx.rollback();
    });
    expect(await Score.select().where(Score.team.eq('red')).count()).toBe(3);
  });

  test.runIf(!supports.jsonContainment)('what the engine cannot do is said by name', async () => {
    const error = await rejection(() => Team.select().where(Team.facts.containedBy({ a: 1 })));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).toContain('SQLite');
  });
});
