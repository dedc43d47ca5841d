/** What is published at commits rebuilds the database: at any moment, in the midst of transactions, in every journal mode. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../src/driver/sqljs-engine.ts';
import { Handle } from '../../src/driver/sqljs-handle.ts';
import type { Mount } from '../../src/storage/vfs/mount.ts';
import { MemoryFile, Volume } from '../../src/storage/volume.ts';
import { bytesOf, PageKeeper, random } from './support.ts';

const NAME = 'a.db';
const CONTENT =
  "SELECT group_concat(name || id || k || v, '|') FROM (SELECT 'x' AS name, id, k, hex(v) AS v FROM x UNION ALL SELECT 'y', id, k, hex(v) FROM y ORDER BY 1, 2)";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** The content of the image stored so far, after checking its soundness. */
function stored(keeper: PageKeeper): unknown {
  const bytes = bytesOf(keeper.image, NAME);
  const volume = new Volume();
  volume.put(
    NAME,
    new MemoryFile(
      bytes.length === 0
        ? []
        : Array.from({ length: Math.ceil(bytes.length / (1 << 20)) }, (_, i) => bytes.slice(i << 20, (i + 1) << 20)),
      bytes.length,
    ),
  );
  const mount = engine.files.mount(volume, false);
  const handle = new Handle(engine, mount.path(NAME));
  try {
    expect(handle.query('PRAGMA integrity_check').data[0]![0]).toBe('ok');
    return handle.query(CONTENT).data[0]![0];
  } finally {
    handle.close();
    mount.close();
  }
}

function publish(mount: Mount, keeper: PageKeeper): void {
  keeper.commit(mount.takeCommitted());
}

function writer(mount: Mount, mode: string): Handle {
  const handle = new Handle(engine, mount.path(NAME));
  handle.query('PRAGMA page_size=1024');
  handle.query(`PRAGMA journal_mode=${mode}`);
  handle.query('PRAGMA cache_size=8');
  handle.query('PRAGMA wal_autocheckpoint=40');
  handle.query('CREATE TABLE x(id INTEGER PRIMARY KEY, k INTEGER, v BLOB)');
  handle.query('CREATE TABLE y(id INTEGER PRIMARY KEY, k INTEGER, v BLOB)');
  handle.query('CREATE INDEX xk ON x(k)');
  return handle;
}

/** One random statement. */
function step(handle: Handle, pick: (below: number) => number): void {
  const table = pick(2) === 0 ? 'x' : 'y';
  const actions: (() => string)[] = [
    () =>
      `INSERT INTO ${table}(k, v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${1 + pick(40)}) SELECT i, randomblob(${pick(900)}) FROM n`,
    () => `UPDATE ${table} SET v = randomblob(${pick(600)}), k = k + 1 WHERE id % ${2 + pick(9)} = 0`,
    () => `DELETE FROM ${table} WHERE id % ${2 + pick(5)} = 1`,
    () => `UPDATE ${table} SET k = k + 1`,
    () => `DELETE FROM ${table}`,
  ];
  handle.query(actions[pick(actions.length)]!());
}

/** Random transactions; `check` is called at random moments. */
function history(handle: Handle, seed: number, check: (inTransaction: boolean) => void): void {
  const pick = random(seed);
  for (let i = 0; i < 60; i++) {
    if (pick(5) === 0)
      handle.query(
        ['PRAGMA wal_checkpoint(TRUNCATE)', 'PRAGMA wal_checkpoint(RESTART)', 'PRAGMA wal_checkpoint(PASSIVE)', 'VACUUM'][
          pick(4)
        ]!,
      );
    const explicit = pick(2) === 0;
    if (explicit) handle.query('BEGIN IMMEDIATE');
    for (let j = 1 + pick(6); j > 0; j--) {
      step(handle, pick);
      if (explicit && pick(6) === 0) {
        handle.query('SAVEPOINT s');
        step(handle, pick);
        handle.query(pick(2) === 0 ? 'RELEASE s' : 'ROLLBACK TO s');
      }
      if (pick(3) === 0) check(explicit);
    }
    if (explicit) handle.query(pick(3) === 0 ? 'ROLLBACK' : 'COMMIT');
    check(false);
  }
}

describe.each(['WAL', 'DELETE', 'TRUNCATE', 'MEMORY'])('journal mode %s', (mode) => {
  test.each([1, 2, 3, 4, 5, 6])('the stored image is sound and as of the last commit at any moment (seed %i)', (seed) => {
    const keeper = new PageKeeper();
    const mount = engine.files.mount(keeper.files, true);
    const handle = writer(mount, mode);
    // A second connection sees what is committed, whatever the first is about.
    const reader = new Handle(engine, mount.path(NAME));
    let checks = 0;
    let committed: unknown = handle.query(CONTENT).data[0]![0];
    publish(mount, keeper);
    history(handle, seed, (inTransaction) => {
      publish(mount, keeper);
      if (mode === 'WAL') committed = reader.query(CONTENT).data[0]![0];
      else if (!inTransaction) committed = handle.query(CONTENT).data[0]![0];
      expect(stored(keeper)).toBe(committed);
      checks++;
    });
    expect(checks).toBeGreaterThan(100);
    reader.close();
    handle.close();
    publish(mount, keeper);
    expect(stored(keeper)).toBe(committed);
    mount.close();
  });
});

test('a commit publishes the pages it changed and no others', () => {
  const keeper = new PageKeeper();
  const mount = engine.files.mount(keeper.files, true);
  const handle = writer(mount, 'WAL');
  handle.query(
    'INSERT INTO x(k, v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i, randomblob(100) FROM n',
  );
  publish(mount, keeper);
  keeper.deltas.length = 0;
  handle.query('UPDATE x SET v = randomblob(100) WHERE id = 1500');
  publish(mount, keeper);
  expect(keeper.deltas).toHaveLength(1);
  expect(keeper.deltas[0]!.pages.length).toBe(1);
  handle.query('PRAGMA wal_checkpoint(TRUNCATE)');
  handle.query('SELECT * FROM x');
  publish(mount, keeper);
  expect(keeper.deltas).toHaveLength(1);
  handle.close();
  mount.close();
});

test('another page size publishes every page anew', () => {
  const keeper = new PageKeeper();
  const mount = engine.files.mount(keeper.files, true);
  const handle = writer(mount, 'WAL');
  handle.query(
    'INSERT INTO x(k, v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i, randomblob(100) FROM n',
  );
  publish(mount, keeper);
  for (const size of [4096, 512, 65_536, 1024]) {
    handle.query('PRAGMA journal_mode=DELETE');
    handle.query(`PRAGMA page_size=${size}`);
    handle.query('VACUUM');
    handle.query('PRAGMA journal_mode=WAL');
    handle.query('UPDATE x SET k = k + 1');
    publish(mount, keeper);
    expect(stored(keeper)).toBe(handle.query(CONTENT).data[0]![0]);
  }
  handle.close();
  mount.close();
});

test.each(['WAL', 'DELETE'])('an image written in mode %s is opened and goes on', (mode) => {
  const keeper = new PageKeeper();
  const mount = engine.files.mount(keeper.files, true);
  const handle = writer(mount, mode);
  handle.query('INSERT INTO x(k, v) VALUES (1, 2)');
  publish(mount, keeper);
  const again = new PageKeeper(keeper.image);
  again.image.put(NAME, keeper.image.file(NAME));
  const next = engine.files.mount(keeper.image, true);
  const reopened = Handle.open(engine, next.path(NAME), []);
  publish(next, again);
  reopened.query('INSERT INTO y(k, v) VALUES (3, 4)');
  const before = again.deltas.length;
  publish(next, again);
  expect(again.deltas.slice(before).flatMap((delta) => [...Array.from(delta.pages)]).length).toBe(1);
  reopened.close();
  handle.close();
  mount.close();
  next.close();
});
