/** A model without a database falls back to peewee.db. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CharField, Model } from 'waxwing';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'waxwing-'));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test('it is opened by the first use, and a file of that name', async () => {
  class Thing extends Model.define('thing', { name: CharField() }) {}
  expect(existsSync('peewee.db')).toBe(false);
  await Thing.createTable();
  await Promise.all([Thing.create({ name: 'a' }), Thing.create({ name: 'b' })]);
  expect(await Thing.select().count()).toBe(2);
  expect(existsSync('peewee.db')).toBe(true);
});
