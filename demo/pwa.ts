/** How the built playground becomes an app that starts without a network. Used by the build alone. */
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

export function pwa(): Plugin[] {
  return VitePWA({
    registerType: 'autoUpdate',
    injectRegister: false,
    filename: 'sw.js',
    manifest: {
      name: 'Waxwing playground',
      short_name: 'Waxwing',
      description: 'Query and change a real SQLite database in your browser, through typed models.',
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
      // Everything: the engine's wasm and the data too, so that nothing is missing on a train.
      globPatterns: ['**/*.{html,js,css,svg,png,wasm,csv,json}'],
      maximumFileSizeToCacheInBytes: 8_000_000,
      inlineWorkboxRuntime: true,
      // The first visit is served from the cache from then on, and so is a new version, once it is all there.
      skipWaiting: true,
      clientsClaim: true,
    },
  });
}
