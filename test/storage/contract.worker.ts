/** Runs one check of the contract in a worker and posts what went wrong, or null. */
import type { StorageKind } from '../../src/storage/backend.ts';
import { clusterChecks } from './cluster-contract.ts';
import { checks } from './contract.ts';

self.onmessage = async ({
  data,
}: MessageEvent<{ kind: StorageKind; cluster: boolean; check: string; name: string }>): Promise<void> => {
  let count = 0;
  try {
    await (data.cluster ? clusterChecks : checks)[data.check]?.({ kind: data.kind, name: () => `${data.name} ${++count}` });
    self.postMessage(null);
  } catch (error) {
    self.postMessage((error as Error).stack ?? String(error));
  }
};
