/** Measures bundles: minified and gzipped, our dependencies included, engines left out. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** What the page of an app loads before it can query a stored database: models, SQLite, the way to its worker. */
export const PAGE: readonly string[] = ['src/index.ts', 'src/entry/sqlite.ts', 'src/bridge/remote-driver.ts'];
/** What its worker loads: the driver and the storage. */
export const WORKER: readonly string[] = ['worker/dedicated.ts', 'src/storage/indexeddb.ts'];
/** The same with Berkeley DB. */
export const BERKELEY_PAGE: readonly string[] = ['src/index.ts', 'src/entry/berkeley.ts'];
export const BERKELEY_WORKER: readonly string[] = ['worker/berkeley.ts', 'src/storage/indexeddb.ts'];
/** The same with Postgres. */
export const POSTGRES_PAGE: readonly string[] = ['src/index.ts', 'src/entry/postgresql.ts'];
export const POSTGRES_WORKER: readonly string[] = [
  'worker/postgresql.ts',
  'src/driver/open-pglite.ts',
  'src/storage/indexeddb-cluster.ts',
];

/** Bytes of the sources bundled together, counting only what loads at once: not what `import()` may load later. */
export async function gzippedSize(sources: readonly string[]): Promise<number> {
  const output = await build({
    configFile: false,
    root: project,
    logLevel: 'silent',
    // The worker is measured by itself.
    plugins: [
      { name: 'no-worker', transform: (code, id) => (id.includes('/bridge/spawn') ? code.replace('new URL(', 'String(') : null) },
    ],
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: {
        input: sources.map((source) => join(project, source)),
        external: [/^sql\.js/, /^@electric-sql\//, /^#/, /^node:/, 'vite'],
        preserveEntrySignatures: 'exports-only',
      },
    },
  });
  const { output: files } = (Array.isArray(output) ? output[0] : output) as Rolldown.RolldownOutput;
  const chunks = new Map(files.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    chunks.get(name)?.imports.forEach(need);
  };
  for (const [name, chunk] of chunks) if (chunk.isEntry) need(name);
  return gzipSync([...needed].map((name) => chunks.get(name)?.code ?? '').join('\n'), { level: 9 }).length;
}
