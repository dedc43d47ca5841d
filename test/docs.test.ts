/** Runs every code block of the documentation, and checks its types; test/tools/doc-blocks.ts says how blocks are marked. */

import { afterEach, expect, test } from 'vitest';

const inPage = typeof document !== 'undefined';
const blocks = Object.entries(import.meta.glob('../.cache/docs/*/line-*.ts')).filter(
  ([path]) => !path.endsWith(inPage ? '.node.ts' : '.browser.ts'),
);

test('there is something to run', () => {
  expect(blocks.length).toBeGreaterThan(0);
});

/** Each block in a frame of its own: when it goes, so do the block's workers and locks. */
async function runInFrame(path: string): Promise<void> {
  const frame = document.createElement('iframe');
  const url = new URL(path, import.meta.url).href;
  const ended = new Promise<string>((resolve) => {
    addEventListener('message', (event) => event.source === frame.contentWindow && resolve(String(event.data)));
  });
  const script = `
    const tell = (error) => parent.postMessage(error?.stack ?? String(error), '*');
    addEventListener('unhandledrejection', (event) => tell(event.reason));
    import(${JSON.stringify(url)}).then(() => parent.postMessage('done', '*'), tell);`;
  // Modules served to tests call the runner for their imports; a frame has none.
  const runner = 'globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() };';
  frame.srcdoc = `<!doctype html><script type="module">${runner}${script}</script>`;
  document.body.append(frame);
  const said = await ended;
  frame.remove();
  expect(said).toBe('done');
}

async function emptyStorage(): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue;
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
  }
  const root = await navigator.storage.getDirectory();
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys())
    await root.removeEntry(name, { recursive: true });
}

if (inPage) {
  afterEach(emptyStorage);
  test.each(blocks)('%s', { timeout: 60_000 }, (path) => runInFrame(path));
} else {
  const { inEmptyFolder, typeErrors } = await import('./tools/doc-runner.ts');
  test.each(blocks)('%s', { timeout: 60_000 }, (_, load) => inEmptyFolder(load));
  test('the types of all blocks', { timeout: 120_000 }, () => expect(typeErrors()).toBe(''));
}
