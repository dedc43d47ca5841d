/** The contract of backends, on files with a redo journal on Node. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openJournaledFile, removeJournaledFile } from '../../../src/storage/bdb/file/node-journaled.ts';
import { checks, type Openers } from '../contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'waxwing-journaled-'));
let count = 0;
const openers: Openers = {
  open: (_, options) => openJournaledFile(options),
  remove: (_, name) => removeJournaledFile(name),
  list: async () => [],
};

afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.entries(checks))('%s', async (_, check) => {
  await check({ kind: 'file', name: () => join(folder, `${++count}.db`), openers });
  expect(readdirSync(folder).filter((file) => /-(lock|new|redo)/.test(file))).toEqual([]);
});
