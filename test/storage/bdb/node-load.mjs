/** Starts the load in this process: node node-load.mjs FILE DURABILITY. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const [name, durability] = process.argv.slice(2);
// It compiles what is imported, late imports too; nobody connects to it.
const server = await createServer({
  configFile: false,
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { run } = await server.ssrLoadModule('/test/storage/bdb/node-load.ts');
await run(name, { task: 'load', engine: 'berkeley', storage: 'file', durability });
