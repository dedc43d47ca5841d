/** A Vite server on a free port for one Playwright spec: dev mode over any folder of the project. */

import { fileURLToPath } from 'node:url';
import { createServer, type InlineConfig, mergeConfig } from 'vite';
import { waxwing } from '../../src/entry/vite.ts';
import { sourceAliases } from '../../vite.config.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Served {
  /** Address of the server's root, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `root` in dev mode on a free port, Waxwing from its sources; `config` is added. */
export async function serve(root: string, config: InlineConfig = {}): Promise<Served> {
  const server = await createServer(
    mergeConfig<InlineConfig, InlineConfig>(
      {
        configFile: false,
        logLevel: 'error',
        root,
        plugins: [waxwing()],
        resolve: { alias: sourceAliases },
        cacheDir: `${project}node_modules/.vite/${root.slice(project.length).replaceAll('/', '-') || 'project'}`,
        server: { host: '127.0.0.1', port: 0, strictPort: false, hmr: false, watch: null },
      },
      config,
    ),
  );
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new TypeError('The server started without an address.');
  return { url, close: () => server.close() };
}
