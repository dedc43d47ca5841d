/** Commits on SQLite pages, stored as a Berkeley DB file: how much of it is written, what becomes of surprises, and the whole life of a file. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../../src/entry/berkeley.ts';
import type { Backend, Delta } from '../../../src/storage/backend.ts';
import { fileIdIn } from '../../../src/storage/bdb/read/file-marks.ts';
import { rowidOrder } from '../../../src/storage/bdb/read/order.ts';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { applyChanges } from '../../../src/storage/bdb/write/incremental.ts';
import { PageStore } from '../../../src/storage/bdb/write/page-store.ts';
import { openMemory } from '../../../src/storage/memory.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { equal, fails, pieces } from '../contract.ts';
import { PagedDisk } from '../paged-disk.ts';
import { openOnDisk, openSession, recorded, type Session, storedBytes } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'waxwing-translate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCHEMA = [
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)',
  'CREATE INDEX t_a ON t (a)',
  'CREATE UNIQUE INDEX t_b ON t (b)',
];
const rowsUpTo = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
   INSERT INTO t (a, b) SELECT 'number ' || i || ' and some more of it, so that rows take room', i * 7 FROM n`;

/** Both judges are content with the file; where they are not installed, our own reader. */
async function requireSound(bytes: Uint8Array): Promise<void> {
  expect(readBdb(pagesOf(bytes, 'a test'), 'a test').requireSound()).toBe(0);
  if (hasJudges) expect(await judge.verify(bytes)).toBeUndefined();
}

describe('what a commit writes', () => {
  let storage: Backend;
  let deltas: Delta[];
  let session: Session;

  beforeEach(async () => {
    storage = await openMemory({ name: 'memory', durability: 'strict' });
    deltas = recorded(storage);
    session = await openSession(storage);
    await session.run(...SCHEMA, rowsUpTo(3000));
  });

  const pagesOfLast = (): number => deltas.at(-1)?.pages.length ?? 0;

  test('is as many pages as the engine changed, or some more', async () => {
    const statements = [
      "INSERT INTO t (a, b) VALUES ('one more', 1)",
      "UPDATE t SET a = 'another' WHERE id = 1500",
      'DELETE FROM t WHERE id = 700',
      'PRAGMA user_version = 7',
    ];
    for (const statement of statements) {
      const before = deltas.length;
      await session.run(statement);
      expect(deltas.length).toBe(before + 1);
      expect(pagesOfLast()).toBeGreaterThan(0);
      expect(pagesOfLast()).toBeLessThan(10);
    }
    await requireSound(storedBytes(storage));
    await session.driver.close();
  });

  test('commits that wait together are one', async () => {
    const before = deltas.length;
    const connections = Array.from({ length: 20 }, () => session.driver.connect());
    await Promise.all(
      connections.map((connection, i) =>
        connection.run({ statements: [{ sql: `INSERT INTO t (b) VALUES (${-i})`, params: [], mode: 'write' }] }),
      ),
    );
    expect(deltas.length).toBeLessThan(before + 5);
    await requireSound(storedBytes(storage));
  });

  test('a change of most of it writes the file as a whole, packed', async () => {
    const pages = storedBytes(storage).length;
    await session.run('DELETE FROM t WHERE id % 10 > 0');
    expect(storedBytes(storage).length).toBeLessThan(pages / 2);
    expect(await session.run('SELECT count(*) FROM t')).toEqual([[300]]);
    await requireSound(storedBytes(storage));
  });

  test('VACUUM leaves no page that holds nothing, and neither does vacuum()', async () => {
    for (const vacuum of [() => session.run('VACUUM'), () => session.backend.vacuum()]) {
      for (let id = 1; id < 3000; id += 9) await session.run(`DELETE FROM t WHERE id = ${id}`);
      const before = storedBytes(storage).length;
      await vacuum();
      expect(storedBytes(storage).length).toBeLessThan(before);
      await requireSound(storedBytes(storage));
      await session.run('DELETE FROM t', rowsUpTo(3000));
    }
  }, 60_000);

  test('the pages kept beside the file are no more than what the log of the engine has', async () => {
    const { pages } = session.backend.files as unknown as { pages: { kept: number } };
    for (let i = 0; i < 300; i++) await session.run(`UPDATE t SET a = a || '!' WHERE id = ${i * 9 + 1}`);
    await session.run('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(pages.kept).toBe(0);
    await session.run("UPDATE t SET a = 'last' WHERE id = 1");
    expect(pages.kept).toBeLessThan(5);
    await requireSound(storedBytes(storage));
  });
});

describe('a surprise', () => {
  /** A key of a table. */
  const rowid = (id: number): Uint8Array => {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigInt64(0, BigInt(id), true);
    return key;
  };

  /** Changes the stored file behind the back of whoever has it open. */
  function sabotage(storage: Backend, ...ids: number[]): void {
    const file = storage.files.open('database');
    const base = pagesOf(file, 'sabotage');
    const store = new PageStore(base);
    const tree = readBdb(base, 'sabotage').schema.find(({ name }) => name === 't')!;
    const name = `table${String(tree.root).padStart(5, '0')}`;
    const removed = ids.map((id) => ({ key: rowid(id), data: new Uint8Array() }));
    applyChanges(store, [{ name, order: rowidOrder, what: 'changed', removed, added: [] }]);
    const { pages, images, pageSize } = store.take();
    for (const [i, page] of pages.entries()) file.write(images.subarray(i * pageSize, (i + 1) * pageSize), page * pageSize);
  }

  test('in the stored file, where a row to be deleted is missing: the file is made anew, with everything', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run(...SCHEMA, rowsUpTo(3000));
    sabotage(storage, 1500, 2000);
    const wrong = readBdb(pagesOf(storedBytes(storage), 'sabotage'), 'sabotage');
    expect([...wrong.entries('table00003')].length).toBe(2998);
    await session.run('DELETE FROM t WHERE id = 1500');
    const right = readBdb(pagesOf(storedBytes(storage), 'sabotage'), 'sabotage');
    expect([...right.entries('table00003')].length).toBe(2999);
    await requireSound(storedBytes(storage));
    // And from there on as before.
    const deltas = recorded(storage);
    await session.run('DELETE FROM t WHERE id = 1600');
    expect(deltas.at(-1)!.pages.length).toBeLessThan(10);
    await requireSound(storedBytes(storage));
  });

  test('in the pages, which are not what they should be: the commit is told of it, and made up for by the next', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run(...SCHEMA, rowsUpTo(3000));
    const { pages } = session.backend.files as unknown as { pages: { page(number: number): Uint8Array } };
    const page = pages.page.bind(pages);
    let isWrong = true;
    // Damaged in memory, for as long as one commit takes.
    pages.page = (number) => (isWrong && number > 0 ? new Uint8Array(4096).fill(255) : page(number));
    const running = session.run("UPDATE t SET a = 'x' WHERE id = 9").catch((error: Error) => error);
    const outcome = await running;
    isWrong = false;

    expect(outcome).toBeInstanceOf(Error);
    await session.run("UPDATE t SET a = 'y' WHERE id = 10");
    const stored = readBdb(pagesOf(storedBytes(storage), 'surprise'), 'surprise');
    expect([...stored.entries('table00003')].length).toBe(3000);
    await requireSound(storedBytes(storage));
    expect(await session.run('SELECT a FROM t WHERE id IN (9, 10)')).toEqual([['x'], ['y']]);
  });
});

describe('the life of a file', () => {
  let count = 0;
  const newPath = (): string => join(folder, `${++count}.db`);
  const opened = async (path: string, options = {}): Promise<BerkeleyDatabase> => {
    const database = new BerkeleyDatabase(path, options);
    await database.connect();
    return database;
  };
  const filesOf = (path: string): string[] => readdirSync(folder).filter((file) => join(folder, file).startsWith(path));

  test('a new one without commits leaves nothing behind, and is a whole file when it is exported', async () => {
    const path = newPath();
    const database = await opened(path);
    const bytes = new Uint8Array(await (await database.exportFile()).arrayBuffer());
    await database.close();
    expect(filesOf(path)).toEqual([]);
    expect(bytes.length).toBe(6 * 4096);
    await requireSound(bytes);
  });

  test('one that is something else is refused, and left as it is', async () => {
    const path = newPath();
    writeFileSync(path, 'SQLite format 3\0 and so on');
    const before = readFileSync(path);
    await fails(() => opened(path), 'CorruptDatabaseError');
    expect(readFileSync(path)).toEqual(before);
    expect(filesOf(path).length).toBe(1);
  });

  test('after every commit the file itself is what the other program opens', async () => {
    const path = newPath();
    const database = await opened(path);
    for (const statement of [...SCHEMA, rowsUpTo(200), 'DELETE FROM t WHERE id < 50', 'DROP INDEX t_a']) {
      await database.executeSql(statement);
      await requireSound(new Uint8Array(readFileSync(path)));
    }
    await database.close();
    expect(filesOf(path)).toEqual([path].map((name) => name.slice(folder.length + 1)));
  });

  test('opened again, it is the same, and a commit changes few of its pages', async () => {
    const disk = new PagedDisk(['file', 'redo']);
    const first = await openOnDisk(disk);
    await first.run(...SCHEMA, rowsUpTo(3000));
    const rows = await first.run('SELECT * FROM t');
    await first.driver.close();
    const before = disk.files[0]!.bytes.slice();
    const again = await openOnDisk(disk);
    expect(await again.run('SELECT * FROM t')).toEqual(rows);
    expect(await again.run('PRAGMA integrity_check')).toEqual([['ok']]);
    equal(disk.files[0]!.bytes, before, 'the file');
    await again.run('UPDATE t SET b = -1 WHERE id = 77');
    await again.driver.close();
    const after = disk.files[0]!.bytes;
    let changed = 0;
    for (let at = 0; at < before.length; at += 4096) {
      if (Buffer.compare(before.subarray(at, at + 4096), after.subarray(at, at + 4096)) !== 0) changed++;
    }
    expect(changed).toBeGreaterThan(2);
    expect(changed).toBeLessThan(10);
    await requireSound(after);
  });

  test('another page size takes effect with the next commit', async () => {
    const path = newPath();
    const first = await opened(path);
    for (const statement of [...SCHEMA, rowsUpTo(500)]) await first.executeSql(statement);
    await first.close();
    for (const pageSize of [512, 32_768]) {
      const database = await opened(path, { pageSize });
      await database.executeSql('DELETE FROM t WHERE id = (SELECT max(id) FROM t)');
      expect(await database.pageSize()).toBe(pageSize);
      await database.close();
      const bytes = new Uint8Array(readFileSync(path));
      expect(pagesOf(bytes, path).pageSize).toBe(pageSize);
      await requireSound(bytes);
    }
  });

  test('a copy has an id of its own in every tree, and what was committed before', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run(...SCHEMA, rowsUpTo(500));
    const copy = await session.backend.copy();
    await session.run('DELETE FROM t');
    const parts: Uint8Array[] = [];
    for await (const piece of copy.pieces) parts.push(piece);
    const bytes = new Uint8Array(Buffer.concat(parts));
    expect(bytes.length).toBe(copy.bytes);
    const file = readBdb(pagesOf(bytes, 'copy'), 'copy');
    expect([...file.entries('table00003')].length).toBe(500);
    const ids = new Set([...file.trees.values()].map(({ meta }) => String(fileIdIn(file.pages.page(meta)))));
    ids.add(String(fileIdIn(file.pages.page(0))));
    expect(ids.size).toBe(1);
    expect(ids.has(String(fileIdIn(storedBytes(storage))))).toBe(false);
    await requireSound(bytes);
  });

  test.skipIf(!hasJudges)('the logs of the other program, left beside it, are not applied to it', async () => {
    const path = newPath();
    const shell = (...statements: string[]): string => {
      const { stdout, stderr } = spawnSync('db5.3_sql', ['-batch', path], {
        input: `${statements.join(';\n')};\n`,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return stdout;
    };
    shell('create table t (a)', "insert into t values ('theirs')");
    expect(existsSync(`${path}-journal`)).toBe(true);
    const id = fileIdIn(readFileSync(path));
    const database = await opened(path);
    await database.executeSql("INSERT INTO t VALUES ('ours')");
    await database.executeSql('CREATE TABLE more (a)');
    await database.close();
    expect(fileIdIn(readFileSync(path))).not.toEqual(id);
    expect(shell('select a from t', 'insert into more values (1)', 'pragma integrity_check')).toBe('theirs\nours\nok\n');
    const again = await opened(path);
    expect((await again.executeSql('SELECT * FROM more')).rows).toEqual([[1]]);
    await again.close();
  });
});

describe('a file that another program has open, or had', () => {
  const path = join(folder, 'theirs.db');
  const opened = (): Promise<unknown> => new BerkeleyDatabase(path).connect();

  test.skipIf(!hasJudges)('is refused until that closes it', async () => {
    const shell = spawn('db5.3_sql', ['-batch', path], { stdio: ['pipe', 'pipe', 'inherit'] });
    const printed = once(shell.stdout, 'data');
    shell.stdin.write("create table t (a);\ninsert into t values (1);\nselect 'done';\n");
    await printed;
    expect((await fails(opened, 'DatabaseInUseError')).message).toContain(String(shell.pid));
    const exited = once(shell, 'exit');
    shell.kill('SIGKILL');
    await exited;
    expect((await fails(opened, 'CorruptDatabaseError')).message).toContain('db5.3_sql');
    spawnSync('db5.3_sql', ['-batch', path], { input: '.tables\n' });
    const database = new BerkeleyDatabase(path);
    expect((await database.executeSql('SELECT * FROM t')).rows).toEqual([[1]]);
    await database.close();
  });
});

describe('a file put in the place of another', () => {
  async function file(rows: number): Promise<Uint8Array> {
    const session = await openSession(await openMemory({ name: 'memory', durability: 'strict' }));
    await session.run(...SCHEMA, rowsUpTo(rows));
    const parts: Uint8Array[] = [];
    for await (const piece of (await session.backend.copy()).pieces) parts.push(piece);
    await session.driver.close();
    return new Uint8Array(Buffer.concat(parts));
  }

  test('damaged: it is refused, and the old one stays', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run(...SCHEMA, rowsUpTo(10));
    const before = storedBytes(storage);
    const bytes = await file(2000);
    bytes.fill(0xff, bytes.length - 9000);
    const importing = session.driver.importFile(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    await fails(() => importing, 'CorruptDatabaseError');
    await fails(() => session.backend.replace('', pieces(bytes, 100_000), bytes.length), 'CorruptDatabaseError');
    equal(storedBytes(storage), before, 'the file');
    expect(await session.run('SELECT count(*) FROM t')).toEqual([[10]]);
    await session.run('DELETE FROM t WHERE id = 1');
    await requireSound(storedBytes(storage));
  });

  test('stopped, or without room: the old one or the new one, whole', async () => {
    const bytes = await file(400);
    const prepared = async (): Promise<[PagedDisk, Session]> => {
      const disk = new PagedDisk(['file', 'redo']);
      const session = await openOnDisk(disk);
      await session.run(...SCHEMA, rowsUpTo(10));
      return [disk, session];
    };
    const replace = (session: Session): Promise<void> => session.driver.importFile(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const [whole, session] = await prepared();
    const before = whole.operations.length;
    await replace(session);
    const found = new Set<unknown>();
    for (const fault of ['stop', 'full'] as const) {
      for (let at = before + 1; at <= whole.operations.length; at++) {
        const [disk, doomed] = await prepared();
        disk.decide = (count, _operation, _file, size) =>
          count === at ? (fault === 'stop' ? { stop: size >> 1 } : { full: size >> 1 }) : null;
        const isDone = await replace(doomed).then(
          () => true,
          () => false,
        );
        if (fault === 'full') await doomed.driver.close().catch(() => {});
        disk.decide = () => null;
        const again = await openOnDisk(disk);
        const [[rows] = []] = await again.run('SELECT count(*) FROM t');
        expect([10, 400]).toContain(rows);
        if (isDone) expect(rows).toBe(400);
        found.add(rows);
        expect(await again.run('PRAGMA integrity_check')).toEqual([['ok']]);
        await again.driver.close();
      }
    }
    expect(found.size).toBe(2);
  }, 60_000);

  test('that cannot be gone on with: the database ends, rather than take what is not stored', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run('CREATE TABLE old (a)');
    session.backend.ready = () => {
      throw new RangeError('Out of memory');
    };
    const importing = session.driver.importFile(new Blob([(await file(20)) as Uint8Array<ArrayBuffer>]));
    await fails(() => importing, 'RangeError');
    await fails(() => session.run('DELETE FROM t'), 'ConnectionClosedError');
    await session.driver.close();
    await requireSound(storedBytes(storage));
  });

  test('is stored as it is, and goes on being changed', async () => {
    const storage = await openMemory({ name: 'memory', durability: 'strict' });
    const session = await openSession(storage);
    await session.run('CREATE TABLE old (a)');
    await session.driver.importFile(new Blob([(await file(2000)) as Uint8Array<ArrayBuffer>]));
    const deltas = recorded(storage);
    const again = session.driver.connect();
    await again.run({ statements: [{ sql: 'DELETE FROM t WHERE id = 5', params: [], mode: 'write' }] });
    expect(deltas.at(-1)!.pages.length).toBeLessThan(10);
    await requireSound(storedBytes(storage));
  });

  test('with pages that nothing uses: they are left behind when it is copied', async () => {
    const bytes = await file(2000);
    const padded = new Uint8Array(bytes.length + 3 * 4096);
    padded.set(bytes);
    const session = await openSession(await openMemory({ name: 'memory', durability: 'strict' }));
    await session.driver.importFile(new Blob([padded]));
    await requireSound(new Uint8Array(await (await session.driver.exportFile()).arrayBuffer()));
    await session.driver.close();
  });
});
