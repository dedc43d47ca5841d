/** A worker that dies under a database: who waits and who comes later is told, and opening it again finds everything. */
import { expect, onTestFinished, test } from 'vitest';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { CharField, ConnectionClosedError, DatabaseError, Model } from '../../src/index.ts';
import { rejection } from './rejection.ts';

const NAME = 'lost.db';
let worker: Worker;
const startWorker = (): Worker => {
  worker = new Worker(new URL('../bridge/pages/app-worker.ts', import.meta.url), { type: 'module' });
  return worker;
};

test.each(['indexeddb', 'opfs'] as const)('in %s', async (storage) => {
  const database = new SqliteDatabase(NAME, { storage, worker: startWorker });
  onTestFinished(async () => {
    await database.close();
    await SqliteDatabase.remove(NAME, { storage });
  });
  class Note extends Model.define('note', { text: CharField() }) {
    static meta = { database };
  }
  const lost: Error[] = [];
  database.on('lost', (error) => lost.push(error));
  await Note.createTable();
  await Note.create({ text: 'acknowledged' });
  const inTransaction = database.atomic(async (tx) => {
    const note = await tx(Note).create({ text: 'rolled back' });
    worker.terminate();
    await note.save({ forceInsert: true });
  });
  const error = await rejection(inTransaction);
  expect(error).toBeInstanceOf(ConnectionClosedError);
  expect(error).toBeInstanceOf(DatabaseError);
  const uses: (() => PromiseLike<unknown>)[] = [
    () => Note.select(),
    () => Note.create({ text: 'late' }),
    () => database.atomic((tx) => tx(Note).get()),
  ];
  for (const use of uses) {
    const late = await rejection(use());
    expect(late).toBeInstanceOf(ConnectionClosedError);
    expect(late.message).toContain('connect()');
  }
  expect(lost).toHaveLength(1);
  await database.connect();
  expect(await Note.select(Note.text).tuples()).toEqual([['acknowledged']]);
  await Note.create({ text: 'goes on' });
});
