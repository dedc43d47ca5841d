/** Files on Node: what other processes, crashes and a full disk do to them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openBackend, removeDatabase } from '../../src/storage/open.ts';
import { contents, fails, PAGE, pageOf, pieces, write } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'waxwing-file-'));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true }));

function freshPath(): string {
  return join(folder, `${++count}.db`);
}

const open = (name: string) => openBackend('file', { name, durability: 'strict' });

describe('the lock file', () => {
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  test.each([
    ['a process that is gone', () => JSON.stringify({ pid: deadPid(), started: Date.now() })],
    ['an earlier process of the same number', () => JSON.stringify({ pid: process.pid, started: 1 })],
    ['nobody that makes sense', () => 'half a l'],
  ])('of %s is taken over', async (_, lock) => {
    const path = freshPath();
    writeFileSync(`${path}-lock`, lock());
    const backend = await open(path);
    expect(JSON.parse(readFileSync(`${path}-lock`, 'utf8'))).toMatchObject({ pid: process.pid });
    await backend.close();
    expect(existsSync(`${path}-lock`)).toBe(false);
  });

  test('of a living process is respected', async () => {
    const path = freshPath();
    writeFileSync(`${path}-lock`, JSON.stringify({ pid: process.ppid, started: 1 }));
    const error = await fails(() => open(path), 'DatabaseInUseError');
    expect(error.message).toContain(String(process.ppid));
    expect(error.message).toContain(`${path}-lock`);
    await fails(() => removeDatabase('file', path), 'DatabaseInUseError');
  });

  test('two ways to a file are one file to lock', async () => {
    const path = freshPath();
    writeFileSync(path, '');
    symlinkSync(path, `${path}-link`);
    const backend = await open(path);
    await fails(() => open(`${path}-link`), 'DatabaseInUseError');
    await fails(
      () => open(join(folder, '..', folder.split('/').at(-1) ?? '', path.split('/').at(-1) ?? '')),
      'DatabaseInUseError',
    );
    await backend.close();
  });
});

describe('what the system refuses', () => {
  test('a folder that does not exist', async () => {
    expect((await fails(() => open(join(folder, 'none', 'x.db')), 'StorageUnavailableError')).message).toContain('none');
  });

  test('a folder in place of the file', async () => {
    const path = freshPath();
    mkdirSync(path);
    const backend = await open(path);
    await fails(() => backend.files.open('x.db'), 'StorageUnavailableError');
    await backend.close();
  });

  test('a name with a NUL', async () => {
    await fails(() => open(`${folder}/a\0b`), 'StorageUnavailableError');
  });

  test('a device without room', async () => {
    // /dev/full takes no byte: what a full disk is to a program.
    if (!existsSync('/dev/full')) return;
    const { NodeFile } = await import('../../src/storage/node-open-file.ts');
    const fs = process.getBuiltinModule('node:fs');
    const file = new NodeFile(fs, '/dev/full', fs.openSync('/dev/full', 'r+'));
    await fails(() => file.write(pageOf(1), 0), 'StorageFullError');
    file.end();
  });
});

describe('flushes', () => {
  test('are shared by all commits that wait', async () => {
    const path = freshPath();
    const backend = await open(path);
    const fs = process.getBuiltinModule('node:fs');
    const flush = vi.spyOn(fs, 'fdatasync');
    try {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => {
          write(backend, 'x.db', { 0: i }, 1);
          return backend.durable();
        }),
      );
      expect(flush.mock.calls.length).toBeLessThanOrEqual(2);
      flush.mockClear();
      await backend.durable();
      expect(flush).not.toHaveBeenCalled();
    } finally {
      flush.mockRestore();
      await backend.close();
    }
  });

  test('a caller who comes while one is under way waits for it', async () => {
    const backend = await open(freshPath());
    const order: string[] = [];
    write(backend, 'x.db', { 0: 1 }, 1);
    const first = backend.durable().then(() => order.push('first'));
    const second = backend.durable().then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect((await backend.state()).pending).toBe(0);
    await backend.close();
  });
});

describe('replacing the file', () => {
  test('what a crash left of one is removed at the next opening', async () => {
    const path = freshPath();
    writeFileSync(path, pageOf(1));
    writeFileSync(`${path}-new`, 'half');
    const backend = await open(path);
    expect(contents(backend.files.open('x.db'))).toEqual(pageOf(1));
    await backend.close();
    expect(readdirSync(folder).filter((file) => file.endsWith('-new'))).toEqual([]);
  });

  test('is refused while the log holds changes', async () => {
    const backend = await open(freshPath());
    backend.files.open('x.db').write(pageOf(1), 0);
    backend.files.open('x.db-wal').write(pageOf(2), 0);
    await fails(() => backend.replace('x.db', pieces(pageOf(3), PAGE), PAGE), 'InternalError');
    expect(contents(backend.files.open('x.db'))).toEqual(pageOf(1));
    await backend.close();
  });
});
