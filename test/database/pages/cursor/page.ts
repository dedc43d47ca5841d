/** A page that walks a long table row by row, and stops on its way for whoever measures. */
import { PostgresqlExtDatabase } from '../../../../src/entry/postgresql-ext.ts';
import { CharField, IntegerField, Model } from '../../../../src/index.ts';

declare global {
  /** Given by the test: it measures the heap. */
  var measure: (seen: number) => Promise<void>;
  var walk: typeof walkTable;
}

const database = new PostgresqlExtDatabase(':memory:');

class Visit extends Model.define('visit', { n: IntegerField({ primaryKey: true }), path: CharField() }) {
  static meta = { database };
}

/** Walks `rows` rows as `shape`, keeping them all when told, and tells how many it saw in order. */
async function walkTable(rows: number, shape: 'models' | 'dicts', keeps: boolean): Promise<number> {
  await database.createTables([Visit]);
  await database.executeSql("INSERT INTO visit SELECT n, '/page/' || n FROM generate_series(1, ?) AS n ON CONFLICT DO NOTHING", [
    rows,
  ]);
  const query = Visit.select().orderBy(Visit.n);
  const kept: unknown[] = [];
  let seen = 0;
  await measure(0);
  for await (const row of database.serverSide(shape === 'models' ? query : query.dicts(), { batchSize: 1000 })) {
    if (row.n !== seen + 1 || row.path !== `/page/${row.n}`) break;
    if (keeps) kept.push(row);
    if (++seen % 250_000 === 0) await measure(seen);
  }
  return seen + 0 * kept.length;
}

globalThis.walk = walkTable;
