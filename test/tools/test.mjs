/** `npm test`: installs what is missing, then runs every check and every suite; ends with one line that sums them up. */

import { checks, runAll, suites } from './runners.mjs';
import { ensureBerkeley, ensureChromium, ensurePackages, ensurePostgres, ensureSqliteShell } from './setup.mjs';

ensurePackages();
await ensureChromium();
ensureSqliteShell();
ensurePostgres();
ensureBerkeley();
runAll([...checks, ...suites]);
