/** A Berkeley database on any storage that keeps one file, for tests that say SQL. */
import { BerkeleyDriver } from '../../../src/driver/berkeley.ts';
import type { Connection, Driver } from '../../../src/driver/driver.ts';
import { openWith } from '../../../src/driver/open-with.ts';
import type { Backend, Delta, Durability } from '../../../src/storage/backend.ts';
import type { BerkeleyBackend } from '../../../src/storage/bdb/berkeley-backend.ts';
import type { Place } from '../../../src/storage/bdb/file/journaled.ts';
import { openJournaled } from '../../../src/storage/bdb/file/journaled.ts';
import { openTranslating, type TranslateOptions } from '../../../src/storage/bdb/translate.ts';
import type { DriverValue } from '../../../src/wire/statement.ts';
import { contents } from '../contract.ts';
import type { PagedDisk } from '../paged-disk.ts';

export interface Session {
  readonly driver: Driver;
  readonly backend: BerkeleyBackend;
  /** Runs statements one after the other, each a commit of its own unless they say otherwise; the rows of the last. */
  run(...statements: string[]): Promise<DriverValue[][]>;
  /** Runs statements as one commit. */
  transaction(...statements: string[]): Promise<void>;
}

/** Opens the database in `storage`. */
export async function openSession(storage: Backend, options: Partial<TranslateOptions> = {}): Promise<Session> {
  const all = { name: 'session.db', durability: 'strict' as Durability, lockTimeout: 60_000, setup: [], ...options };
  const backend = await openTranslating(storage, all);
  const driver = await openWith(BerkeleyDriver, { ...all, storage: backend.kind }, backend);
  const connection = driver.connect();
  return {
    driver,
    backend,
    run: (...statements) => run(connection, statements),
    transaction: async (...statements) => {
      await run(connection, ['BEGIN', ...statements, 'COMMIT']);
    },
  };
}

/** Opens it on a disk with two files, as a process that was just started does. */
export async function openOnDisk(disk: PagedDisk, options: Partial<TranslateOptions> = {}): Promise<Session> {
  const [file, journal] = disk.start();
  const place: Place = { file: file!, journal: journal!, close: () => {} };
  return openSession(await openJournaled('file', place, { name: 'session.db', durability: 'strict' }), options);
}

/** Every byte of the file that the storage keeps. */
export function storedBytes(storage: Backend): Uint8Array {
  return contents(storage.files.open('database'));
}

/** Notes what is committed to the storage. */
export function recorded(storage: Backend): Delta[] {
  const deltas: Delta[] = [];
  const commit = storage.commit.bind(storage);
  storage.commit = (some) => {
    deltas.push(...some);
    commit(some);
  };
  return deltas;
}

async function run(connection: Connection, statements: readonly string[]): Promise<DriverValue[][]> {
  let rows: DriverValue[][] = [];
  for (const sql of statements) {
    const mode = /^\s*(select|pragma)/i.test(sql)
      ? 'read'
      : /^\s*begin/i.test(sql)
        ? 'begin'
        : /^\s*commit/i.test(sql)
          ? 'end'
          : 'write';
    const [outcome] = await connection.run({ statements: [{ sql, params: [], mode }] });
    const { length, data } = outcome!.rows;
    rows = Array.from({ length }, (_, row) => data.map((column) => column[row] ?? null));
  }
  return rows;
}
