/** The write load of the kill test on a file, in a process of its own: it prints the number of each acknowledged transaction. */
import { openJournaledFile } from '../../../src/storage/bdb/file/node-journaled.ts';
import { berkeleyLoad } from '../pages/kill/berkeley-load.ts';
import type { Job } from '../pages/kill/job.ts';
import { load, type Subject } from '../pages/kill/load.ts';

/** The database in the file `name`. */
export function fileLoad(name: string): Subject {
  return berkeleyLoad({ name, openFile: ({ durability }) => openJournaledFile({ name, durability }) });
}

export async function run(name: string, job: Job): Promise<void> {
  await load(fileLoad(name), job, (n) => process.stdout.write(`${n}\n`));
}
