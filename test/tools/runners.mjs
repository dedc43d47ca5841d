/** The runners behind `npm test` and `npm run check`: each is a command and a way to count what it did. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { project } from './setup.mjs';

const results = `${project}.cache/results`;

/** Runs a package's command line with its output shown; true when it exits with 0. */
function succeeds(script, args, env = {}) {
  const { status } = spawnSync(process.execPath, [`node_modules/${script}`, ...args], {
    cwd: project,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status === 0;
}

/** A runner that passes or fails as a whole, and counts as one test. */
function check(name, script, ...args) {
  return {
    name,
    run: () => (succeeds(script, args) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }),
  };
}

/**
 * A runner that writes a JSON report. Whatever the report says, the runner failed when it wrote none,
 * ran no test, or ended badly without a failed test to blame.
 */
function suite(name, run, count) {
  return {
    name,
    run() {
      const report = `${results}/${name}.json`;
      mkdirSync(results, { recursive: true });
      rmSync(report, { force: true });
      const ended = run(report);
      const counts = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 0, skipped: 0 };
      const blameless = counts.failed === 0 && (!ended || counts.passed === 0);
      if (blameless) console.error(ended ? `${name}: no test ran.` : `${name}: the runner itself failed.`);
      return blameless ? { ...counts, failed: 1 } : counts;
    },
  };
}

function countVitest(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function vitest(name) {
  const run = (report) =>
    succeeds('vitest/vitest.mjs', ['run', '--project', name, `--outputFile.json=${report}`], { COUNTED: '1' });
  return suite(name, run, countVitest);
}

function countPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

function playwright() {
  const run = (report) =>
    succeeds('@playwright/test/cli.js', ['test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  return suite('playwright', run, countPlaywright);
}

const tsc59 = 'typescript-5.9/bin/tsc';

export const checks = [
  check('lint and format', '@biomejs/biome/bin/biome', 'ci', '--error-on-warnings'),
  check('types', 'typescript/bin/tsc', '--noEmit'),
  check('declarations', 'typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', '.cache/types'),
  check('types under TypeScript 5.9', tsc59, '--noEmit'),
];

/** Part of the suite `node` too; on its own for `npm run check`. */
export const architecture = check('architecture', 'vitest/vitest.mjs', 'run', '--project', 'node', 'test/architecture.test.ts');

export const suites = [vitest('node'), vitest('chromium'), playwright(), vitest('package')];

/** Runs them one after the other and ends with the sum; the exit code says whether all passed. */
export function runAll(runners) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const { name, run } of runners) {
    console.log(`\n── ${name} ──`);
    const started = Date.now();
    const counts = run();
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    lines.push(
      `${counts.failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds} s)`,
    );
  }
  console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
