/** A Berkeley database under write load, and the files that are left of it, for the programs that judge them. */
import { BerkeleyDriver } from '../../../../src/driver/berkeley.ts';
import type { Driver } from '../../../../src/driver/driver.ts';
import { openWith } from '../../../../src/driver/open-with.ts';
import type { Backend } from '../../../../src/storage/backend.ts';
import { openBerkeley } from '../../../../src/storage/bdb/open-berkeley.ts';
import { openTranslating } from '../../../../src/storage/bdb/translate.ts';
import type { Job } from './job.ts';
import type { Subject } from './load.ts';
import { sqliteLoad } from './sqlite-load.ts';

/** Where the files are that a job leaves. */
export interface Place {
  readonly name: string;
  readonly wasmUrl?: string;
  /** The storage of the file itself, without what makes a database of it. */
  openFile(job: Job): Promise<Backend>;
}

/** The file is small enough for `db5.3_sql`, whose cache is. */
export function berkeleyLoad({ name, wasmUrl, openFile }: Place): Subject {
  return {
    open: async (job) => {
      const options = { name, durability: job.durability, lockTimeout: 60_000, setup: [], wasmUrl };
      const backend =
        job.storage === 'unprotected'
          ? await openTranslating(await openFile(job), options)
          : await openBerkeley(job.storage, options);
      return openWith(BerkeleyDriver, { ...options, storage: backend.kind }, backend);
    },
    ...sqliteLoad(1_500),
    exported: async (driver: Driver) => new Uint8Array(await (await driver.exportFile()).arrayBuffer()),
    stored: async (job) => {
      const storage = await openFile(job);
      try {
        const file = storage.files.open('database');
        const bytes = new Uint8Array(file.size());
        file.read(bytes, 0);
        return bytes;
      } finally {
        await storage.close();
      }
    },
  };
}
