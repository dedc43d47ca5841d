/** From an empty page to the first answer of Postgres: of a new database, or of a stored one of 50 MB. Time runs from the navigation. */

import { postgres } from './postgres.ts';

const asked = new URLSearchParams(location.search);
const who = asked.get('who') ?? '';
const isNew = asked.has('new');
const name = isNew ? `bench-open-${crypto.randomUUID()}` : 'bench-reopen';

/** Ours is opened as an app opens it: from the page, in a worker of its own. */
async function open(storage: 'indexeddb' | 'opfs'): Promise<void> {
  const { database, Page } = postgres(name, storage);
  if (asked.has('make')) {
    const { fill } = await import('./postgres-fill.ts');
    await fill((sql, params) => database.executeSql(sql, params));
  }
  if (isNew) await database.executeSql('SELECT 1');
  else await Page.getById(1);
  if (asked.has('make')) await database.close();
  document.title = `ready ${performance.now()}`;
}

function openPglite(): void {
  const worker = new Worker(new URL('./postgres-open-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = () => {
    document.title = `ready ${performance.now()}`;
  };
  worker.postMessage({ storage: who, name, isNew, make: asked.has('make') });
}

if (who === 'indexeddb' || who === 'opfs') void open(who);
else openPglite();
