/** Which Chromium the tests drive: the system's own on Debian, else the one Playwright downloads. */

import { existsSync } from 'node:fs';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** Options for Playwright's `launch` and for vitest's browser provider: no sandbox, and no traffic the tests did not ask for. */
export const chromiumLaunch: { executablePath?: string; args: string[] } = {
  ...(existsSync(SYSTEM_CHROMIUM) ? { executablePath: SYSTEM_CHROMIUM } : {}),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};
