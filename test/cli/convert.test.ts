/** `npx waxwing berkeley`, without the npx: what it writes, and what it says. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Conversion, convert } from '../../src/cli/convert.ts';
import { ProgressLine } from '../../src/cli/progress-line.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { CorruptDatabaseError, NotSupportedError, OperationalError } from '../../src/errors.ts';
import { rejection } from '../database/rejection.ts';

const GENUINE = new URL('../storage/bdb/corpus/02-basic.db', import.meta.url);

let folder: string;
const at = (name: string): string => join(folder, name);
const quietly = (from: string, to: string, more: Partial<Conversion> = {}): Promise<void> =>
  convert({ from: at(from), to: at(to), pageSize: undefined, force: false, quiet: true, ...more });

/** Every row of every table, as text. */
async function contents(name: string): Promise<string> {
  const database = new SqliteDatabase(at(name));
  const tables = await Promise.all(
    (await database.getTables()).map(async (table) => [table, (await database.executeSql(`SELECT * FROM "${table}"`)).rows]),
  );
  await database.close();
  return JSON.stringify(tables);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waxwing-cli-'));
  copyFileSync(GENUINE, at('birds.db'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test('a genuine file becomes one of SQLite, that one of Berkeley DB, and that the same again', async () => {
  await quietly('birds.db', 'birds.sqlite');
  await quietly('birds.sqlite', 'again.db', { pageSize: 512 });
  await quietly('again.db', 'again.sqlite');
  const all = await contents('birds.sqlite');
  expect(all.length).toBeGreaterThan(1000);
  expect(await contents('again.sqlite')).toBe(all);
  expect(readFileSync(at('again.db')).readUInt32LE(20)).toBe(512);
});

test('nothing is replaced that is there, unless told', async () => {
  writeFileSync(at('mine.sqlite'), 'mine');
  const error = await rejection(quietly('birds.db', 'mine.sqlite'));
  expect(error).toBeInstanceOf(OperationalError);
  expect(error.message).toContain('--force');
  expect(readFileSync(at('mine.sqlite'), 'utf8')).toBe('mine');
  await quietly('birds.db', 'mine.sqlite', { force: true });
  expect(readFileSync(at('mine.sqlite')).subarray(0, 6).toString()).toBe('SQLite');
});

test('nothing is left of what fails', async () => {
  writeFileSync(at('text.db'), 'no database');
  expect(await rejection(quietly('text.db', 'out.db'))).toBeInstanceOf(CorruptDatabaseError);
  const sqlite = new SqliteDatabase(at('strict.sqlite'));
  await sqlite.executeSql('CREATE TABLE f (a INTEGER) STRICT');
  await sqlite.close();
  expect(await rejection(quietly('strict.sqlite', 'out.db'))).toBeInstanceOf(NotSupportedError);
  expect(await rejection(quietly('nowhere.db', 'out.db'))).toBeInstanceOf(OperationalError);
  expect(await rejection(quietly('.', 'out.db'))).toBeInstanceOf(OperationalError);
  expect(await rejection(quietly('birds.db', 'no/such/folder.db'))).toBeInstanceOf(OperationalError);
  expect(readdirSync(folder).sort()).toEqual(['birds.db', 'strict.sqlite', 'text.db']);
});

test('what lies beside a file is spoken of', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  mkdirSync(at('birds.db-journal'));
  await quietly('birds.db', 'one.sqlite');
  expect(said).not.toHaveBeenCalled();
  writeFileSync(at('birds.db-journal/log.0000000001'), '');
  await quietly('birds.db', 'two.sqlite');
  expect(said.mock.lastCall?.[0]).toContain('may hold changes');
  await quietly('two.sqlite', 'birds.db', { force: true });
  expect(said.mock.lastCall?.[0]).toContain('delete it');
  expect(existsSync(at('birds.db-journal'))).toBe(true);
});

test('a terminal has one line, which tells the part that is done; a log has a line for each step', () => {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const terminal = new ProgressLine({ isTTY: true, write });
  terminal.show('read', 0, 4);
  terminal.show('read', 1, 4);
  terminal.show('read', 4, 4);
  terminal.show('check', 0, null);
  terminal.end('done');
  expect(written.splice(0)).toEqual(['read … 0 %', 'read … 100 %', 'check …', 'done\n'].map((text) => `\r\x1b[K${text}`));
  const log = new ProgressLine({ write });
  log.show('read', 0, 4);
  log.show('read', 4, 4);
  log.show('store', 0, 4);
  log.end('done');
  expect(written).toEqual(['read …\n', 'store …\n', 'done\n']);
});
