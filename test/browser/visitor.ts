/** One visitor of the playground for all tests of a spec, who comes back for each: the data is loaded once. */
import { type BrowserContext, test as base } from '@playwright/test';
import { type Playground, servePlayground } from './playground-page.ts';

/** The playground, served for this spec, and a `test` whose pages are the visitor's. */
export function visits() {
  let served: Playground | undefined;
  let visitor: BrowserContext | undefined;
  const test = base.extend({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from a pattern
    context: async ({}, use) => use(visitor!),
    page: async ({ context }, use) => {
      const page = await context.newPage();
      await use(page);
      await page.close();
    },
  });
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(240_000);
    served = await servePlayground();
    visitor = await browser.newContext();
  });
  test.afterAll(async () => {
    await visitor?.close();
    await served?.close();
  });
  const playground: Pick<Playground, 'url' | 'goOffline'> = {
    get url() {
      return served!.url;
    },
    goOffline: () => served!.goOffline(),
  };
  return { test, playground };
}
