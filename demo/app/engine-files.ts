/** Downloads the large files of Postgres ahead of the engine, which tells nobody how far it is. */
import data from '@electric-sql/pglite/pglite.data?url';
import wasm from '@electric-sql/pglite/pglite.wasm?url';

/** The files, their sizes in bytes being what progress is measured by. */
const FILES = [
  { url: wasm, bytes: 9_086_480 },
  { url: data, bytes: 6_242_272 },
] as const;

/** The engine finds them in the service worker's cache, or in the browser's own. What fails here it will report itself. */
export async function download(onProgress: (done: number, total: number) => void): Promise<void> {
  const total = FILES.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const load = async (url: string): Promise<void> => {
    if (await globalThis.caches?.match(url)) return;
    const reader = (await fetch(url)).body?.getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      done += next.value.length;
      onProgress(Math.min(done, total), total);
    }
  };
  await Promise.allSettled(FILES.map(({ url }) => load(url)));
}
