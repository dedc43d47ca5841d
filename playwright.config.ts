/** Playwright drives what needs whole pages: several tabs, kills, reloads, the playground. Each spec starts its own server. */

import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './test/tools/chromium.ts';

export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  forbidOnly: true,
  workers: 2,
  retries: 0,
  timeout: 120_000,
  use: { browserName: 'chromium', headless: true, launchOptions: chromiumLaunch },
});
