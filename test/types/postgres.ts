/** What the compiler knows of Postgres databases. */
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { PostgresqlExtDatabase } from '../../src/entry/postgresql-ext.ts';
import type { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { CharField, DatabaseProxy, fn, IntegerField, Model } from '../../src/index.ts';

type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
declare function expectType<T>(): <U>(value: U, ...ok: Equal<T, U> extends true ? [] : [expected: T, got: U]) => void;

// ── how one is made
new PostgresqlDatabase(null);
new PostgresqlDatabase('postgresql://localhost/shop', { ssl: { rejectUnauthorized: false }, password: async () => 'x' });
new PostgresqlDatabase('shop', { isolationLevel: 'serializable', timezone: 'UTC', searchPath: ['shop', 'public'] });
new PostgresqlDatabase('shop', { settings: { workMem: '64MB', enableSeqscan: false, 'app.user': 7 }, extensions: ['pg_trgm'] });
// @ts-expect-error Postgres has no such level
new PostgresqlDatabase('shop', { isolationLevel: 'snapshot' });
// @ts-expect-error that is SQLite's
new PostgresqlDatabase('shop', { pragmas: {} });

const database = new PostgresqlExtDatabase('shop');
class Item extends Model.define('item', { title: CharField(), n: IntegerField({ null: true }) }) {
  static meta = { database };
}

async function run() {
  // ── channels
  for await (const { channel, payload } of database.listen('jobs')) expectType<string>()(`${channel}${payload}` as string);
  await using jobs = database.listen('jobs');
  expectType<void>()(await jobs.ready);
  await database.atomic((tx) => database.notify('jobs', '17', tx), { isolationLevel: 'repeatable read' });
  // @ts-expect-error a payload is text
  await database.notify('jobs', 17);

  // ── cursors
  for await (const item of database.serverSide(Item.select())) expectType<Item>()(item);
  for await (const row of database.serverSide(Item.select(Item.n, fn.count(Item.id).as('c')).dicts(), { batchSize: 10 }))
    expectType<{ n: number | null; c: number }>()(row);
  await database.atomic(async (tx) => {
    for await (const [title] of database.serverSide(Item.select(Item.title).tuples(), { executor: tx }))
      expectType<string>()(title);
  });
  // @ts-expect-error rows, not a query
  database.serverSide([1, 2]);

  // ── sequences, settings, plans
  expectType<number | bigint>()(await database.nextval('item_id_seq'));
  expectType<string>()(await database.setting('workMem', '64MB'));
  // @ts-expect-error there is no such level
  await database.setIsolationLevel('none');
  const [step] = await database.explain(Item.select(), [], { analyze: true });
  expectType<number | undefined>()(step?.actual?.loops);
  await database.vacuum([Item], { full: true });
  expectType<string[]>()(await PostgresqlExtDatabase.list());
}
void run;

// ── a stand-in for either
const proxy = new DatabaseProxy<SqliteDatabase | PostgresqlDatabase>();
proxy.initialize(database);
proxy.obj?.exportFile();
