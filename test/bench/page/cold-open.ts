/** What the pages have in common that leave opening to a worker: the first visit stores, the others measure. */

/** Says to the worker whether to store, and puts what it answers, milliseconds, into the title. */
export function tell(worker: Worker): void {
  worker.onmessage = ({ data: taken }: MessageEvent<number>) => {
    document.title = `ready ${taken}`;
  };
  worker.postMessage(location.search === '?make');
}
