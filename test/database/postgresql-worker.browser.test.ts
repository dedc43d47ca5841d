/** Postgres in an app's own worker, and what a page hears when its worker is gone. */
import { expect, onTestFinished, test } from 'vitest';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { connect } from '../../src/entry/worker.ts';
import { CharField, ConnectionClosedError, Model } from '../../src/index.ts';
import type { procedures } from './pages/postgres-worker.ts';
import { rejection } from './rejection.ts';

const start = (): Worker => new Worker(new URL('./pages/postgres-worker.ts', import.meta.url), { type: 'module' });

test('page and worker share one engine, its tables and its channels', async () => {
  const worker = start();
  onTestFinished(() => worker.terminate());
  const app = connect<typeof procedures>(worker);
  const database = new PostgresqlDatabase('shared', { memory: true, worker });
  class Note extends Model.define('note', { text: CharField() }) {
    static meta = { database };
  }
  await database.createTables([Note]);
  await Note.create({ text: 'from the page' });
  const notes = database.listen('notes');
  await notes.ready;
  await app.add('from the worker');
  expect((await notes.next()).value).toEqual({ channel: 'notes', payload: 'from the worker' });
  expect(await app.texts()).toEqual(['from the page', 'from the worker']);
  await notes.return();
  await database.close();
});

test('a worker that knows no Postgres says so', async () => {
  const worker = new Worker(new URL('../bridge/pages/app-worker.ts', import.meta.url), { type: 'module' });
  onTestFinished(() => worker.terminate());
  const error = await rejection(new PostgresqlDatabase('x', { memory: true, worker }).connect());
  expect(error).toMatchObject({ name: 'NotSupportedError', database: 'x' });
  expect(error.message).toContain('new PostgresqlDatabase("x") of \'waxwing/postgresql\'');
});

test('a loop over messages ends with the error of a worker that is gone; afterwards the database can be opened anew', async () => {
  const workers: Worker[] = [];
  const worker = (): Worker => {
    const started = start();
    workers.push(started);
    return started;
  };
  const database = new PostgresqlDatabase('lost', { memory: true, worker });
  const jobs = database.listen('jobs');
  await jobs.ready;
  const waiting = rejection(jobs.next());
  workers[0]?.terminate();
  expect(await waiting).toBeInstanceOf(ConnectionClosedError);
  expect(await jobs.next()).toEqual({ done: true, value: undefined });
  expect(await rejection(database.listen('jobs').next())).toBeInstanceOf(ConnectionClosedError);
  await database.connect();
  const again = database.listen('jobs');
  await again.ready;
  await database.notify('jobs', 'anew');
  expect((await again.next()).value?.payload).toBe('anew');
  await database.close();
});

test('a server cannot be reached from a page, and the error says what to do', async () => {
  const error = await rejection(new PostgresqlDatabase('postgresql://ann:s3cret@db.example.org/shop').connect());
  expect(error).toMatchObject({ name: 'NotSupportedError', database: 'shop' });
  expect(error.message).toMatch(/Ask your own server/);
  expect(error.message).not.toMatch(/s3cret/);
});
