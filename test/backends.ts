/** THE table of what suites run on: each is a name, a way to get an empty database, and what its engine can. */
import { afterAll, inject, test } from 'vitest';
import type { Capabilities } from '../src/dialect/dialect.ts';
import { BerkeleyDatabase } from '../src/entry/berkeley.ts';
import { PostgresqlExtDatabase } from '../src/entry/postgresql-ext.ts';
import { SqliteDatabase, type StorageKind } from '../src/entry/sqlite.ts';
import type { Database } from '../src/index.ts';
import type { PostgresServer } from './tools/postgres-server.mjs';

/** A database of one suite. */
export interface Opened<D extends Database = Database> {
  readonly database: D;
  /** Another suite may have it, or it is deleted. */
  discard(): Promise<void>;
}

/** What suites ask instead of the engine's name. */
export interface Supports extends Capabilities {
  /** Transactions that do not touch the same rows run side by side; else the next one waits for the end of the first. */
  readonly writersSideBySide: boolean;
  /** What is read outside of a transaction does not wait for it. */
  readonly readersBesideWriters: boolean;
  /** A transaction goes on after a statement of it failed. */
  readonly errorsInTransactions: boolean;
  /** Columns without a type, and values of other types than their column's. */
  readonly untyped: boolean;
  /** Tables have a key besides their own. */
  readonly rowids: boolean;
  /** Whether a JSON value is part of another can be asked. */
  readonly jsonContainment: boolean;
  /** Whether a field of this kind can hold the value. */
  holds(kind: string, value: unknown): boolean;
  /** A list to compare with may be longer than a statement has params. */
  readonly longLists: boolean;
  /** Where tables are that are in no schema. */
  readonly defaultSchema: string;
}

export interface OpenSettings {
  /** Milliseconds a write waits; as the library has it unless told. */
  readonly lockTimeout?: number;
}

export interface Backend<D extends Database = Database> {
  readonly name: string;
  /** A database without tables. */
  open(settings?: OpenSettings): Promise<Opened<D>>;
  readonly supports: Supports;
}

const isPage = typeof window !== 'undefined';
const run = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
let count = 0;

async function freshName(storage: StorageKind, prefix: string): Promise<string> {
  if (storage === 'memory') return ':memory:';
  const name = `${prefix}-${run}-${count++}.db`;
  if (storage !== 'file') return name;
  const [{ tmpdir }, { join }] = await Promise.all([import('node:os'), import('node:path')]);
  return join(tmpdir(), name);
}

/** SQLite, or Berkeley DB, which is SQLite stored in another form. */
function sqlite(Kind: typeof SqliteDatabase | typeof BerkeleyDatabase, word: string, storage: StorageKind): Backend {
  const open = async ({ lockTimeout = 5000 }: OpenSettings = {}): Promise<Opened> => {
    const name = await freshName(storage, word);
    const database = new Kind(name, { storage, durability: 'relaxed', lockTimeout });
    await database.connect();
    const discard = async (): Promise<void> => {
      await database.close();
      if (storage !== 'memory') await Kind.remove(name, { storage });
    };
    return { database, discard };
  };
  const supports: Supports = {
    ...new Kind(null).dialect.can,
    writersSideBySide: false,
    readersBesideWriters: true,
    errorsInTransactions: true,
    untyped: true,
    rowids: true,
    jsonContainment: false,
    holds: (_, value) => !Number.isNaN(value),
    longLists: false,
    defaultSchema: 'main',
  };
  return { name: `${word} ${storage}`, open, supports };
}

/** How a Postgres database comes to be, and goes. */
interface Maker {
  make(lockTimeout: number): Promise<PostgresqlExtDatabase>;
  remove(database: PostgresqlExtDatabase): Promise<void>;
}

/** Everything that is not Postgres's own; on a server as well as here much quicker than another database. */
const EMPTY = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  CREATE SCHEMA public;
END $$`;

/** Opening takes its time, so the suites of a file hand their databases on. */
function postgres(name: string, { make, remove }: Maker, more: Partial<Supports>): Backend<PostgresqlExtDatabase> {
  const all = new Set<PostgresqlExtDatabase>();
  const spare = new Map<number, PostgresqlExtDatabase[]>();
  afterAll(async () => {
    for (const database of all) await remove(database);
  });
  const open = async ({ lockTimeout = 5000 }: OpenSettings = {}): Promise<Opened<PostgresqlExtDatabase>> => {
    const database = spare.get(lockTimeout)?.pop() ?? (await make(lockTimeout));
    all.add(database);
    await database.connect();
    const discard = async (): Promise<void> => {
      await database.connect();
      await database.executeSql(EMPTY);
      spare.set(lockTimeout, [...(spare.get(lockTimeout) ?? []), database]);
    };
    return { database, discard };
  };
  const supports: Supports = {
    ...new PostgresqlExtDatabase(null).dialect.can,
    writersSideBySide: false,
    readersBesideWriters: false,
    errorsInTransactions: false,
    untyped: false,
    rowids: false,
    jsonContainment: true,
    holds: (kind, value) => !(kind === 'integer' && Math.abs(Number(value)) > 2 ** 31) && value !== 'a\0b',
    longLists: true,
    defaultSchema: 'public',
    ...more,
  };
  return { name, open, supports };
}

function pglite(storage: StorageKind): Backend<PostgresqlExtDatabase> {
  const make = async (lockTimeout: number): Promise<PostgresqlExtDatabase> => {
    const name = await freshName(storage, 'pglite');
    return new PostgresqlExtDatabase(name, { storage, durability: 'relaxed', lockTimeout });
  };
  const remove = async (database: PostgresqlExtDatabase): Promise<void> => {
    await database.close();
    if (storage !== 'memory') await PostgresqlExtDatabase.remove(database.name, { storage });
  };
  return postgres(`pglite ${storage}`, { make, remove }, {});
}

function postgresServer({ host, port, user }: PostgresServer): Backend<PostgresqlExtDatabase> {
  const administer = async (sql: string): Promise<void> => {
    const office = new PostgresqlExtDatabase('postgres', { host, port, user });
    await office.executeSql(sql);
    await office.close();
  };
  const make = async (lockTimeout: number): Promise<PostgresqlExtDatabase> => {
    const name = `suite-${run}-${count++}`;
    await administer(`CREATE DATABASE "${name}"`);
    return new PostgresqlExtDatabase(name, { host, port, user, lockTimeout });
  };
  const remove = async (database: PostgresqlExtDatabase): Promise<void> => {
    await database.close();
    await administer(`DROP DATABASE "${database.name}" WITH (FORCE)`);
  };
  return postgres('postgres server', { make, remove }, { writersSideBySide: true, readersBesideWriters: true });
}

const storages: readonly StorageKind[] = isPage ? ['memory', 'indexeddb', 'opfs'] : ['memory', 'file'];
const server = isPage ? undefined : inject('postgres');
// `BACKENDS="sqlite memory,postgres server" npx vitest run test/engines` runs on those alone.
const wanted = isPage ? '' : (process.env['BACKENDS'] ?? '');
const isWanted = ({ name }: Backend): boolean => wanted === '' || wanted.split(',').includes(name);

if (server === null) test.skip('postgres server: there is none here', () => {});

/** The Postgres ones among them. */
export const postgresBackends: readonly Backend<PostgresqlExtDatabase>[] = [
  ...storages.map(pglite),
  ...(server ? [postgresServer(server)] : []),
].filter(isWanted);

/** What the suites run on here. */
export const backends: readonly Backend[] = [
  ...storages.map((storage) => sqlite(SqliteDatabase, 'sqlite', storage)),
  ...storages.map((storage) => sqlite(BerkeleyDatabase, 'berkeley', storage)),
  ...postgresBackends,
].filter(isWanted);
