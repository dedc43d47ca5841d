/** Runs one check of the contract in a worker and posts what went wrong, or null. */
import type { StorageKind } from '../../src/storage/backend.ts';
import { listJournaledOpfs, openJournaledOpfs, removeJournaledOpfs } from '../../src/storage/bdb/file/opfs-journaled.ts';
import { own, releasing } from '../../src/storage/owner.ts';
import { clusterChecks } from './cluster-contract.ts';
import { checks, type Openers } from './contract.ts';

interface Task {
  readonly kind: StorageKind;
  readonly what: 'files' | 'clusters' | 'journaled';
  readonly check: string;
  readonly name: string;
}

/** Files with a journal, owned as a Berkeley database owns them. */
const journaled: Openers = {
  open: async (_, options) => {
    const release = await own('journaled', 'opfs', options.name);
    try {
      return releasing(await openJournaledOpfs(options), release);
    } catch (error) {
      release();
      throw error;
    }
  },
  remove: async (_, name) => {
    const release = await own('journaled', 'opfs', name);
    await removeJournaledOpfs(name).finally(release);
  },
  list: listJournaledOpfs,
};

self.onmessage = async ({ data: { kind, what, check, name } }: MessageEvent<Task>): Promise<void> => {
  let count = 0;
  const next = (): string => `${name} ${++count}`;
  try {
    if (what === 'clusters') await clusterChecks[check]?.({ kind, name: next });
    else await checks[check]?.({ kind, name: next, ...(what === 'journaled' && { openers: journaled }) });
    self.postMessage(null);
  } catch (error) {
    self.postMessage((error as Error).stack ?? String(error));
  }
};
