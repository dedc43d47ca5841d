/** From an empty page to the first answer: sql.js alone in a worker. Time runs from the navigation. */

const worker = new Worker(new URL('./cold-sqljs-worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = () => {
  document.title = `ready ${performance.now()}`;
};
