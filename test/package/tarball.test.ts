/** The packed package is sound by the rules of publint and of attw, and holds what it should. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { expect, test } from 'vitest';
import { entries } from '../../vite.config.ts';
import { project, tarball } from './pack.ts';

test('publint finds nothing to complain about', async () => {
  const bytes = readFileSync(tarball());
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer } });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('types resolve wherever modules do', async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball())));
  if (result.types === false) throw new TypeError('The package has no types.');
  // ES modules only: what knows no `exports` (node10) or no `import` (CommonJS) is not served, on purpose.
  const served = result.problems.filter(
    (problem) =>
      !('resolutionKind' in problem) || (problem.resolutionKind !== 'node10' && problem.resolutionKind !== 'node16-cjs'),
  );
  expect(served).toEqual([]);
});

test('it holds the build and its documents, and no sources or tests', () => {
  const files = execFileSync('tar', ['-tzf', tarball()], { encoding: 'utf8' }).trim().split('\n');
  const strange = files.filter((file) => !/^package\/(dist\/|(package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/.test(file));
  expect(strange).toEqual([]);
  const { exports } = JSON.parse(readFileSync(`${project}package.json`, 'utf8'));
  for (const { subpath } of entries) {
    for (const file of Object.values(exports[subpath] as Record<string, string>))
      expect(files).toContain(file.replace('./', 'package/'));
  }
});
