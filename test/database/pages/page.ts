/** A page that keeps numbered entries in databases, as an app would, and tells how each write went. */

import { BerkeleyDatabase } from '../../../src/entry/berkeley.ts';
import { PostgresqlDatabase } from '../../../src/entry/postgresql.ts';
import { SqliteDatabase, type SqliteOptions, type StorageState } from '../../../src/entry/sqlite.ts';
import { BlobField, IntegerField, Model, WaxwingError } from '../../../src/index.ts';

/** How a call ended: `ok`, or the class of the error and what it says. */
export type Told = 'ok' | { readonly error: string; readonly message: string };

/** The databases that an entry can be in. */
const SYSTEMS = { sqlite: SqliteDatabase, berkeley: BerkeleyDatabase, postgresql: PostgresqlDatabase };

export type System = keyof typeof SYSTEMS;

export interface Ledger {
  open(name: string, options?: SqliteOptions, system?: System): Promise<Told>;
  /** One commit for each number, all issued at once. */
  write(name: string, from: number, to: number): Promise<Told[]>;
  /** One transaction that writes its numbers one after the other and then throws, or does not. */
  transact(name: string, from: number, to: number, fails: boolean): Promise<Told>;
  read(name: string): Promise<number[]>;
  flush(name: string): Promise<Told>;
  state(name: string): Promise<StorageState>;
  close(name: string): Promise<Told>;
  /** Downloads the database as a file. */
  save(name: string): Promise<void>;
  /** Replaces the database by the file that was chosen on the page. */
  load(name: string): Promise<Told>;
}

/** A database with a model of its own. */
function ledgerOf(database: SqliteDatabase | BerkeleyDatabase | PostgresqlDatabase) {
  class Entry extends Model.define('entry', { n: IntegerField({ primaryKey: true }), ballast: BlobField() }) {
    static meta = { database };
  }
  return { database, Entry };
}

const BALLAST = 30_000;
const open = new Map<string, ReturnType<typeof ledgerOf>>();
const named = (name: string): ReturnType<typeof ledgerOf> => open.get(name)!;
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Bytes that do not compress, so that they fill what they should fill. */
const entry = (n: number) => ({ n, ballast: crypto.getRandomValues(new Uint8Array(BALLAST)) });

async function told(work: () => PromiseLike<unknown>): Promise<Told> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof WaxwingError) return { error: error.name, message: error.message };
    return { error: 'Error', message: String(error) };
  }
}

const ledger: Ledger = {
  open: (name, options, system = 'sqlite') =>
    told(async () => {
      const made = ledgerOf(new SYSTEMS[system](name, options));
      open.set(name, made);
      await made.Entry.createTable();
    }),
  write: (name, from, to) => Promise.all(numbers(from, to).map((n) => told(() => named(name).Entry.insert(entry(n)).execute()))),
  transact: (name, from, to, fails) => {
    const { database, Entry } = named(name);
    return told(() =>
      database.atomic(async (tx) => {
        for (const n of numbers(from, to)) await tx(Entry).insert(entry(n)).execute();
        if (fails) throw new RangeError('changed my mind');
      }),
    );
  },
  read: async (name) => {
    const { Entry } = named(name);
    return await Entry.select(Entry.n).orderBy(Entry.n).scalars();
  },
  flush: (name) => told(() => named(name).database.flush()),
  state: (name) => named(name).database.storage.state(),
  close: (name) => told(() => named(name).database.close()),
  save: async (name) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await named(name).database.exportFile());
    link.download = name;
    link.click();
  },
  load: (name) => {
    const file = document.querySelector('input')?.files?.[0];
    return told(() => named(name).database.importFile(file!));
  },
};

Object.assign(globalThis, { ledger });
