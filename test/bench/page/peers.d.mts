/** Types of peers.mjs, whose packages are installed for benchmarks only. */

import type { Item } from './data.ts';
import type { Database } from './sqljs.ts';

/** One library over an opened sql.js database with the tables `item` and `page`. */
export interface Peer {
  select(): Promise<unknown[]>;
  insert(rows: readonly Item[]): Promise<void>;
  touch(id: number, stamp: number): Promise<void>;
}

export const peers: Readonly<Record<string, (database: Database) => Promise<Peer>>>;

export interface SahPool {
  run(sql: string, params?: readonly unknown[]): void;
  select(sql: string): unknown[];
}

/** The official build on its pool of OPFS handles, write-ahead logging on and flushed at every commit. */
export function openSahPool(name: string): Promise<SahPool>;
