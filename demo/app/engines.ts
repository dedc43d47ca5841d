/** How the database of each engine is opened and deleted; of those that are chosen seldom, nothing is loaded before. */
import type { BerkeleyDatabase } from 'waxwing/berkeley';
import type { PostgresqlDatabase } from 'waxwing/postgresql';
import { SqliteDatabase } from 'waxwing/sqlite';
import { startKeeping } from './offline.ts';
import type { System, Where } from './where.ts';

export type AnyDatabase = SqliteDatabase | PostgresqlDatabase | BerkeleyDatabase;

/** An engine is being started that is not there yet: bytes or steps done, and in all where that is known. */
export type OnStarting = (done: number, total: number | null, step?: string) => void;

interface Engine {
  make(where: Where, onStarting: OnStarting): Promise<AnyDatabase>;
  remove(where: Where): Promise<void>;
}

const nameOf = ({ system, place }: Where): string => {
  return { sqlite: `playground-${place}.db`, postgresql: `playground-${place}`, berkeley: `playground-berkeley-${place}.db` }[
    system
  ];
};

const sqlite: Engine = {
  make: async (where) => new SqliteDatabase(nameOf(where), { storage: where.place }),
  remove: (where) => SqliteDatabase.remove(nameOf(where), { storage: where.place }),
};

const postgresql: Engine = {
  async make(where, onStarting) {
    onStarting(0, null);
    await startKeeping();
    const { download } = await import('./engine-files.ts');
    await download((done, total) => onStarting(done, total, 'download'));
    const { PostgresqlDatabase } = await import('waxwing/postgresql');
    return new PostgresqlDatabase(nameOf(where), { storage: where.place, onProgress: onStarting });
  },
  async remove(where) {
    const { PostgresqlDatabase } = await import('waxwing/postgresql');
    await PostgresqlDatabase.remove(nameOf(where), { storage: where.place });
  },
};

const berkeley: Engine = {
  async make(where, onStarting) {
    onStarting(0, null);
    await startKeeping();
    const { BerkeleyDatabase } = await import('waxwing/berkeley');
    return new BerkeleyDatabase(nameOf(where), { storage: where.place, onProgress: onStarting });
  },
  async remove(where) {
    const { BerkeleyDatabase } = await import('waxwing/berkeley');
    await BerkeleyDatabase.remove(nameOf(where), { storage: where.place });
  },
};

const ENGINES: Readonly<Record<System, Engine>> = { sqlite, postgresql, berkeley };

/** Opens it. @throws what opening throws. */
export async function connect(where: Where, onStarting: OnStarting): Promise<AnyDatabase> {
  const db = await ENGINES[where.system].make(where, onStarting);
  await db.connect();
  return db;
}

/** Deletes what is stored there; it has to be closed. */
export const remove = (where: Where): Promise<void> => ENGINES[where.system].remove(where);
