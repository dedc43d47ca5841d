/** An app's own worker with Postgres in it: models beside the engine, and functions for the page. */
import { PostgresqlDatabase } from '../../../src/entry/postgresql.ts';
import { expose } from '../../../src/entry/worker.ts';
import { CharField, Model } from '../../../src/index.ts';

const database = new PostgresqlDatabase('shared', { memory: true });

class Note extends Model.define('note', { text: CharField() }) {
  static meta = { database };
}

export const procedures = {
  texts: async (): Promise<string[]> => Note.select(Note.text).orderBy(Note.id).scalars(),
  add: async (text: string): Promise<void> => {
    await Note.create({ text });
    await database.notify('notes', text);
  },
};

expose(procedures);
