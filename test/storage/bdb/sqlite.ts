/** Stock SQLite on bytes in memory: makes the SQLite files of these tests, and reads what was made. */
import initSqlJs from 'sql.js';
import type { MemoryFile } from '../../../src/storage/volume.ts';

export type Value = null | number | bigint | string | Uint8Array;

/** What these tests use of sql.js. */
export interface Engine {
  run(sql: string, params?: readonly Value[]): unknown;
  exec(sql: string): { columns: string[]; values: Value[][] }[];
  prepare(sql: string): Prepared;
  export(): Uint8Array;
  close(): void;
}

interface Prepared {
  step(): boolean;
  get(params: null, config: { useBigInt: boolean }): Value[];
  free(): void;
}

const { Database } = (await initSqlJs()) as unknown as { Database: new (bytes?: Uint8Array) => Engine };

/** An empty database, or the one that the bytes are. */
export function openSqlite(bytes?: Uint8Array): Engine {
  return new Database(bytes);
}

/** The bytes of a SQLite file made by these statements. */
export function sqliteFile(...statements: readonly string[]): Uint8Array {
  const engine = openSqlite();
  for (const statement of statements) engine.run(statement);
  const bytes = engine.export();
  engine.close();
  return bytes;
}

/** The rows of a query; integers are bigints. */
export function query(engine: Engine, sql: string): Value[][] {
  const rows: Value[][] = [];
  const prepared = engine.prepare(sql);
  while (prepared.step()) rows.push(prepared.get(null, { useBigInt: true }));
  prepared.free();
  return rows;
}

/** What `integrity_check` says: `ok`, or what is wrong. */
export function integrity(engine: Engine): string {
  return query(engine, 'PRAGMA integrity_check').join('; ');
}

/** The bytes of a file. */
export function bytesOf(file: MemoryFile): Uint8Array {
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  return bytes;
}
