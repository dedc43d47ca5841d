/** The test projects: `node` runs everything that needs no browser, `chromium` what must run inside a page. */

import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { waxwing } from './src/entry/vite.ts';
import { chromiumLaunch } from './test/tools/chromium.ts';
import { writeDocBlocks } from './test/tools/doc-blocks.ts';
import { ExceptionsReporter } from './test/tools/exceptions-reporter.ts';
import { sourceAliases } from './vite.config.ts';

/** Suites that must hold in both places. */
const both = ['test/**/*.both.test.ts', 'test/engines/**/*.test.ts', 'test/docs.test.ts'];

writeDocBlocks();

export default defineConfig({
  plugins: [waxwing()],
  resolve: { alias: sourceAliases },
  // No pre-bundling of what a test imports late: a re-optimised dependency reloads the page in the middle of a test.
  optimizeDeps: { include: ['fast-check'] },
  test: {
    silent: 'passed-only',
    setupFiles: ['test/tools/expect-exceptions.ts'],
    reporters: ['default', new ExceptionsReporter(), ...(process.env['COUNTED'] ? ['json'] : [])],
    // To end what hangs. Opening Postgres takes a second or several, as busy as the machine is.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/package/**'],
          globalSetup: ['test/tools/postgres-server.mjs'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/pack.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: ['test/**/*.browser.test.ts', ...both],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunch }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
