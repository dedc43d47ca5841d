/** The contract of backends, on Node: memory and files. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { clusterChecks } from './cluster-contract.ts';
import { checks } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'waxwing-storage-'));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['memory', checks],
  ['file', checks],
  ['memory', clusterChecks],
  ['file', clusterChecks],
] as const)('%s', (kind, all) => {
  test.each(Object.entries(all))('%s', async (_, check) => {
    await check({ kind, name: () => join(folder, `${kind}-${++count}.db`) });
    expect(readdirSync(folder).filter((file) => /-lock|-new/.test(file))).toEqual([]);
  });
});
