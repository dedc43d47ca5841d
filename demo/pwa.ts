/** How the built playground becomes an app that starts without a network. Used by the build alone. */
import type { Plugin, UserConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** Everything of Postgres is built into a folder of its own: 16 MB that nobody gets who does not choose it. */
const FOLDER = 'postgres';
const OF_POSTGRES = /postgres|pglite|initdb/i;

interface Chunk {
  readonly name: string;
  readonly facadeModuleId?: string | null;
  readonly moduleIds: readonly string[];
}

const folderOf = (names: readonly string[]): string => (names.some((name) => OF_POSTGRES.test(name)) ? FOLDER : 'assets');
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
    worker: { rolldownOptions: { output: { ...output, entryFileNames: chunkName } } },
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
      description: 'Query and change a real SQLite or Postgres database in your browser, through typed models.',
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
      // Everything: the engine's wasm and the data too, so that nothing is missing on a train; Postgres once it was chosen.
      globPatterns: ['**/*.{html,js,css,svg,png,wasm,csv,json}'],
      globIgnores: [`${FOLDER}/**`],
      runtimeCaching: [
        {
          urlPattern: ({ sameOrigin, url }) => sameOrigin && url.pathname.includes('/postgres/'),
          handler: 'CacheFirst',
          // As many as two versions have: those of older ones go.
          options: { cacheName: 'postgres', expiration: { maxEntries: 40, purgeOnQuotaError: true } },
        },
      ],
      maximumFileSizeToCacheInBytes: 8_000_000,
      inlineWorkboxRuntime: true,
      // The first visit is served from the cache from then on, and so is a new version, once it is all there.
      skipWaiting: true,
      clientsClaim: true,
    },
  });
}
