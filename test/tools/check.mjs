/** `npm run check`: lint, formatting, types and architecture. */

import { architecture, checks, runAll } from './runners.mjs';
import { ensurePackages } from './setup.mjs';

ensurePackages();
runAll([...checks, architecture]);
