/** What SQLite reads from the pages that are made of genuine Berkeley DB files. */
import { describe, expect, test } from 'vitest';
import { toSqlite } from '../../../src/storage/bdb/sqlite/to-sqlite.ts';
import { genuineBytes, known, openGenuine, rowsOf, soundNames } from './genuine.ts';
import { bytesOf, type Engine, integrity, openSqlite, query, type Value } from './sqlite.ts';

describe.each(soundNames)('%s', (name) => {
  test.each([512, 4096, 65_536])('has the same rows in SQLite pages of %d bytes', (pageSize) => {
    const file = openGenuine(genuineBytes(name));
    const { file: pages, numbers, indexes } = toSqlite(file, pageSize);
    const engine = openSqlite(bytesOf(pages));
    engine.run('REINDEX');
    expect(integrity(engine)).toBe('ok');
    expect(query(engine, 'PRAGMA page_size')).toEqual([[BigInt(pageSize)]]);
    const { schema, tables, meta } = known(name);
    for (const { type, name: object, rootpage } of schema)
      if (rootpage !== 0) expect([type, object, numbers.get(rootOf(engine, type, object))]).toEqual([type, object, rootpage]);
    for (const [table, { rowid_alias }] of Object.entries(tables)) {
      const root = schema.find((row) => row.type === 'table' && row.name === table)!.rootpage;
      const alias = tables[table]!.columns.indexOf(rowid_alias ?? '');
      expect(rowCount(engine, table)).toBe(BigInt(rowsOf(file, root, alias).length));
    }
    expect(query(engine, 'PRAGMA user_version')).toEqual([[BigInt(meta['6'] ?? 0)]]);
    expect(indexes).toBe(schema.filter((row) => row.type === 'index' && tables[row.tbl_name]!.rows.length > 0).length);
    engine.close();
  });
});

function rootOf(engine: Engine, type: string, name: string): number {
  const rows = query(
    engine,
    `SELECT rootpage FROM sqlite_master WHERE type = '${type}' AND name = '${name.replaceAll("'", "''")}'`,
  );
  return Number(rows[0]?.[0]);
}

function rowCount(engine: Engine, table: string): Value | undefined {
  return query(engine, `SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)[0]?.[0];
}
