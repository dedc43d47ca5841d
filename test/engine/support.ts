/** What the engine's tests share: opening a database in memory, and saying SQL shortly. */
import type { Driver, OpenOptions } from '../../src/driver/driver.ts';
import { openSqlJs } from '../../src/driver/open-with.ts';
import type { Backend, Delta, Durability, StorageState } from '../../src/storage/backend.ts';
import { openMemory } from '../../src/storage/memory.ts';
import { Volume } from '../../src/storage/volume.ts';
import { type Asking, asking } from './asking.ts';

export const OPTIONS: OpenOptions = { name: 'test.db', storage: 'memory', durability: 'strict', lockTimeout: 30, setup: [] };

/** A database that is gone when the test ends. */
export function open(options: Partial<OpenOptions> = {}, backend?: Backend): Promise<Driver> {
  const all = { ...OPTIONS, ...options };
  return openSqlJs(all, backend ?? openMemory(all));
}

export const { sql, run, rows, column }: Asking = asking([
  [/^\s*begin immediate/i, 'begin'],
  [/^\s*(commit|rollback)/i, 'end'],
  [/^\s*(select|begin|with|explain|pragma \w+$)/i, 'read'],
]);

/** Keeps pages as a database in IndexedDB does, and shows what it was given; it can be told to fail. */
export class PageKeeper implements Backend {
  readonly kind = 'indexeddb';
  readonly keeps = 'pages';
  readonly files: Volume;
  durability: Durability = 'strict';
  readonly image: Volume;
  readonly deltas: Delta[] = [];
  commits = 0;
  /** What `durable` and `flush` reject with while set. */
  failure: Error | null = null;
  /** How often somebody waited for storage. */
  waits = 0;

  constructor(files: Volume = new Volume()) {
    this.files = files;
    this.image = new Volume();
  }

  commit(deltas: readonly Delta[]): void {
    this.commits++;
    for (const delta of deltas) {
      this.deltas.push(delta);
      const file = this.image.file(delta.file);
      file.truncate(delta.size);
      for (let i = 0; i < delta.pages.length; i++) {
        file.write(delta.images.subarray(i * delta.pageSize, (i + 1) * delta.pageSize), delta.pages[i]! * delta.pageSize);
      }
    }
  }

  async durable(): Promise<void> {
    this.waits++;
    if (this.failure !== null) throw this.failure;
  }

  flush(): Promise<void> {
    return this.durable();
  }

  async state(): Promise<StorageState> {
    return {
      backend: this.kind,
      durability: this.durability,
      persisted: false,
      bytes: 0,
      quota: null,
      pending: 0,
      lastFlush: null,
    };
  }

  async persist(): Promise<boolean> {
    return false;
  }

  async replace(): Promise<void> {}

  async close(): Promise<void> {}
}

/** The bytes of a stored file. */
export function bytesOf(volume: Volume, name: string): Uint8Array<ArrayBuffer> {
  const file = volume.file(name);
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  return bytes;
}

/** Numbers that are the same in every run. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
