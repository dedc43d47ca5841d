/** An app's own worker with a Berkeley database in it: models beside the engine, and functions for the page. */
import { BerkeleyDatabase } from '../../../src/entry/berkeley.ts';
import { expose } from '../../../src/entry/worker.ts';
import { CharField, Model } from '../../../src/index.ts';

const database = new BerkeleyDatabase('shared-berkeley.db', { storage: 'opfs' });

class Note extends Model.define('note', { text: CharField() }) {
  static meta = { database };
}

export const procedures = {
  texts: async (): Promise<string[]> => Note.select(Note.text).orderBy(Note.id).scalars(),
  add: async (text: string): Promise<void> => void (await Note.create({ text })),
};

expose(procedures);
