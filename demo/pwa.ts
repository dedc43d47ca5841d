/** How the built playground becomes an app that starts without a network. Used by the build alone. */
import type { Plugin, UserConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import type { RuntimeCaching } from 'workbox-build';

/** What nobody gets who does not choose it: the 16 MB of Postgres, the pages of Berkeley DB. Each has a folder of its own. */
const CHOSEN = { postgres: /postgres|pglite|initdb/i, berkeley: /berkeley|\/bdb\//i } as const;
const FOLDERS = Object.keys(CHOSEN);

interface Chunk {
  readonly name: string;
  readonly facadeModuleId?: string | null;
  readonly moduleIds: readonly string[];
}

const folderOf = (names: readonly string[]): string =>
  Object.entries(CHOSEN).find(([, words]) => names.some((name) => words.test(name)))?.[0] ?? 'assets';
const chunkName = ({ name, facadeModuleId, moduleIds }: Chunk): string =>
  `${folderOf([name, facadeModuleId ?? '', ...moduleIds])}/[name]-[hash].js`;

interface Asset {
  readonly names: readonly string[];
  readonly originalFileNames: readonly string[];
}

const output = {
  chunkFileNames: chunkName,
  assetFileNames: ({ names, originalFileNames }: Asset): string =>
    `${folderOf([...names, ...originalFileNames])}/[name]-[hash][extname]`,
};

/** What the build of the playground has besides what its development server has. */
export function app(): UserConfig {
  return {
    plugins: pwa(),
    build: { rolldownOptions: { output } },
    worker: { plugins: () => [asItsWorker()], rolldownOptions: { output } },
  };
}

/** Puts everything of a worker where the worker itself belongs: each is built apart, with copies of its own of what all need. */
function asItsWorker(): Plugin {
  let fileNames = '';
  return {
    name: 'playground:as-its-worker',
    options: ({ input }) => {
      fileNames = `${folderOf([String(input)])}/[name]-[hash].js`;
    },
    outputOptions: (options) => ({ ...options, entryFileNames: fileNames, chunkFileNames: fileNames }),
  };
}

function pwa(): Plugin[] {
  return VitePWA({
    registerType: 'autoUpdate',
    injectRegister: false,
    filename: 'sw.js',
    manifest: {
      name: 'Waxwing playground',
      short_name: 'Waxwing',
      description: 'Query and change a real SQLite, Postgres or Berkeley DB database in your browser, through typed models.',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#f6f1e9',
      theme_color: '#f6f1e9',
      icons: [
        { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
    },
    workbox: {
      // Everything: the engine's wasm and the data too, so that nothing is missing on a train; the rest once it was chosen.
      globPatterns: ['**/*.{html,js,css,svg,png,wasm,csv,json}'],
      globIgnores: FOLDERS.map((folder) => `${folder}/**`),
      runtimeCaching: FOLDERS.map(kept),
      maximumFileSizeToCacheInBytes: 8_000_000,
      inlineWorkboxRuntime: true,
      // The first visit is served from the cache from then on, and so is a new version, once it is all there.
      skipWaiting: true,
      clientsClaim: true,
    },
  });
}

/** Kept in a cache of its own from when it is first fetched. */
function kept(folder: string): RuntimeCaching {
  return {
    urlPattern: new RegExp(`/${folder}/[^/]+$`),
    handler: 'CacheFirst',
    // As many as two versions have: those of older ones go.
    options: { cacheName: folder, expiration: { maxEntries: 40, purgeOnQuotaError: true } },
  };
}
