/** Where the prepared cluster lies, from which a new database starts. */
import { nodeFs } from '../storage/node-fs.ts';
import { isNode } from './engine-file.ts';

/** The image as it is stored; null where nobody serves it, and a new cluster is then made by initdb. */
export async function clusterImage(): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  // Written out: bundlers look for exactly this.
  const address = new URL('./pglite-cluster.bin', import.meta.url);
  if (isNode() && address.protocol === 'file:') return new Blob([new Uint8Array(nodeFs().readFileSync(address))]).stream();
  const response = await fetch(address);
  return response.ok ? response.body : null;
}
