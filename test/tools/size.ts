/** Measures bundles: minified and gzipped, our dependencies included, engines left out. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** Bytes of the sources bundled together, counting only what loads at once: not what `import()` may load later. */
export async function gzippedSize(sources: readonly string[]): Promise<number> {
  const entry = '\0sources';
  const output = await build({
    configFile: false,
    root: project,
    logLevel: 'silent',
    plugins: [
      {
        name: 'sources',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry
            ? sources.map((source) => `export * from '${join(project, source)}';\nimport '${join(project, source)}';`).join('\n')
            : null,
        // The worker is measured by itself.
        transform: (code, id) => (id.endsWith('/spawn.ts') ? { code: code.replaceAll('new URL(', 'String('), map: null } : null),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: entry, external: [/^sql\.js/, /^node:/, 'vite'], preserveEntrySignatures: 'exports-only' },
    },
  });
  const { output: chunks } = (Array.isArray(output) ? output[0] : output) as Rolldown.RolldownOutput;
  const byName = new Map(chunks.filter((chunk) => chunk.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    byName.get(name)?.imports.forEach(need);
  };
  for (const [name, chunk] of byName) if (chunk.isEntry) need(name);
  let size = 0;
  for (const name of needed) size += gzipSync(byName.get(name)?.code ?? '', { level: 9 }).length;
  return size;
}
