/** `npm run build:cluster`: the prepared cluster beside the driver, from PGlite itself. To be run when PGlite's version changes. */
import { writeFileSync } from 'node:fs';
import { ensurePackages, project } from './setup.mjs';

ensurePackages();
const { runnerImport } = await import('vite');
const { module } = await runnerImport(`${project}test/tools/make-cluster.ts`, { configFile: false });
const bytes = await module.makeCluster();
writeFileSync(`${project}src/driver/pglite-cluster.bin`, bytes);
console.log(`Built src/driver/pglite-cluster.bin: ${bytes.length} bytes.`);
