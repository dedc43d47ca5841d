/** The same by hand: sql.js in a worker that reads the stored bytes with `getAll`. Time runs from the navigation. */

const worker = new Worker(new URL('./cold-open-page-sqljs-worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = () => {
  document.title = `ready ${performance.now()}`;
};
worker.postMessage(location.search === '?make');
