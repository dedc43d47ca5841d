/** Berkeley databases in an app's own worker. */
import { expect, onTestFinished, test } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { connect } from '../../src/entry/worker.ts';
import { CharField, Model, NotSupportedError } from '../../src/index.ts';
import type { procedures } from './pages/berkeley-worker.ts';
import { rejection } from './rejection.ts';

test('page and worker share one engine and its tables', async () => {
  const worker = new Worker(new URL('./pages/berkeley-worker.ts', import.meta.url), { type: 'module' });
  onTestFinished(() => worker.terminate());
  const app = connect<typeof procedures>(worker);
  await BerkeleyDatabase.remove('shared-berkeley.db', { storage: 'opfs' });
  const database = new BerkeleyDatabase('shared-berkeley.db', { storage: 'opfs', worker });
  class Note extends Model.define('note', { text: CharField() }) {
    static meta = { database };
  }
  await database.createTables([Note]);
  await Note.create({ text: 'from the page' });
  await app.add('from the worker');
  expect(await app.texts()).toEqual(['from the page', 'from the worker']);
  await database.exportFile();
  expect(await rejection(database.executeSql('CREATE TABLE f (a INTEGER) STRICT'))).toBeInstanceOf(NotSupportedError);
  await database.close();
});

test('a worker that knows no Berkeley databases says so', async () => {
  const worker = new Worker(new URL('../bridge/pages/app-worker.ts', import.meta.url), { type: 'module' });
  onTestFinished(() => worker.terminate());
  const error = await rejection(new BerkeleyDatabase('x.db', { worker }).connect());
  expect(error).toMatchObject({ name: 'NotSupportedError', database: 'x.db' });
  expect(error.message).toContain('new BerkeleyDatabase("x.db") of \'waxwing/berkeley\'');
});
