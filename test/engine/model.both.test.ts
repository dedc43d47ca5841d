/** One writer and four readers with random histories, against a model in JavaScript: snapshots hold, nobody is refused. */
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/driver/driver.ts';
import { open, PageKeeper, random, rows, run } from './support.ts';

const STEPS = 700;

/** The content of the table: key → value. */
type State = ReadonlyMap<number, number>;

class Reader {
  readonly connection: Connection;
  snapshot: State | null = null;

  constructor(connection: Connection) {
    this.connection = connection;
  }
}

async function content(connection: Connection): Promise<State> {
  return new Map((await rows(connection, 'SELECT id, v FROM t ORDER BY id')) as [number, number][]);
}

/** Random writes to the database and to the model alike. */
async function write(tx: Connection, state: Map<number, number>, pick: (below: number) => number): Promise<void> {
  const id = pick(300);
  switch (pick(5)) {
    case 0:
    case 1:
      await run(
        tx,
        'INSERT INTO t(id, v, filler) VALUES (?, ?, randomblob(200)) ON CONFLICT(id) DO UPDATE SET v = excluded.v',
        id,
        id * 2,
      );
      state.set(id, id * 2);
      return;
    case 2:
      await run(tx, 'UPDATE t SET v = v + 1 WHERE id BETWEEN ? AND ?', id, id + 50);
      for (const [key, value] of state) if (key >= id && key <= id + 50) state.set(key, value + 1);
      return;
    case 3:
      await run(tx, 'DELETE FROM t WHERE id BETWEEN ? AND ?', id, id + 5);
      for (const key of [...state.keys()]) if (key >= id && key <= id + 5) state.delete(key);
      return;
    default:
      await tx.run({
        statements: [
          {
            sql: 'INSERT OR REPLACE INTO t(id, v, filler) VALUES (?, ?, randomblob(900))',
            mode: 'write',
            many: {
              length: 20,
              data: [Array.from({ length: 20 }, (_, i) => id + i), Float64Array.from({ length: 20 }, (_, i) => i)],
            },
          },
        ],
      });
      for (let i = 0; i < 20; i++) state.set(id + i, i);
  }
}

async function read(reader: Reader, committed: State, pick: (below: number) => number): Promise<void> {
  if (pick(3) === 0) {
    if (reader.snapshot === null) {
      await run(reader.connection, 'BEGIN');
      // A snapshot begins with the first read.
      await run(reader.connection, 'SELECT 1 FROM t');
      reader.snapshot = new Map(committed);
    } else {
      await run(reader.connection, 'COMMIT');
      reader.snapshot = null;
    }
  }
  const expected = reader.snapshot ?? committed;
  if (pick(2) === 0) {
    expect(await content(reader.connection)).toEqual(expected);
  } else {
    const sum = [...expected.values()].reduce((total, value) => total + value, 0);
    expect(await rows(reader.connection, 'SELECT count(*), total(v) FROM t')).toEqual([[expected.size, sum]]);
  }
}

describe.each(['files', 'pages'] as const)('a backend that keeps %s', (keeps) => {
  test.each([1, 2, 3])('seed %i', async (seed) => {
    const pick = random(seed);
    const driver = await open(
      { setup: ['PRAGMA wal_autocheckpoint=30', 'PRAGMA cache_size=20'] },
      keeps === 'pages' ? new PageKeeper() : undefined,
    );
    const main = driver.connect();
    await run(main, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, filler BLOB)');
    const readers = Array.from({ length: 4 }, () => new Reader(driver.connect()));
    let committed: State = new Map();
    let tx: Connection | null = null;
    let state = new Map<number, number>();
    for (let i = 0; i < STEPS; i++) {
      if (pick(2) === 0) {
        if (tx === null) {
          tx = driver.connect();
          await run(tx, 'BEGIN IMMEDIATE');
          state = new Map(committed);
        }
        await write(tx, state, pick);
        if (pick(3) === 0) {
          const commits = pick(4) > 0;
          await run(tx, commits ? 'COMMIT' : 'ROLLBACK');
          if (commits) committed = state;
          await tx.close();
          tx = null;
        }
      } else {
        await read(readers[pick(4)]!, committed, pick);
      }
    }
    if (tx !== null) expect(await content(tx)).toEqual(state);
    await tx?.close();
    expect(await content(main)).toEqual(committed);
    expect(await rows(main, 'PRAGMA integrity_check')).toEqual([['ok']]);
    await driver.close();
  });
});
