/** The contract of backends, on Node: memory and files. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checks } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'waxwing-storage-'));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['memory', 'file'] as const)('%s', (kind) => {
  test.each(Object.entries(checks))('%s', async (_, check) => {
    await check({ kind, name: () => join(folder, `${kind}-${++count}.db`) });
    expect(readdirSync(folder).filter((file) => /-lock|-new/.test(file))).toEqual([]);
  });
});
