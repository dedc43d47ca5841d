/** What a worker that is to be killed is told to do, and what it answers. */
import type { Durability, StorageKind } from '../../../../src/storage/backend.ts';

export interface Job {
  readonly task: 'load' | 'check';
  readonly engine: 'sqlite' | 'berkeley' | 'pglite';
  /** `unprotected`: IndexedDB without what protects it, which must be seen to break. */
  readonly storage: Exclude<StorageKind, 'memory'> | 'unprotected';
  readonly durability: Durability;
  /** Transactions of each client before the database is closed in good order; left out, it goes on until it is killed. */
  readonly rounds?: number;
}

/** What is left of the database. */
export interface Verdict {
  /** The number of the last transaction found. */
  readonly last: number;
  /** What is wrong, or ''. */
  readonly wrong: string;
  /** Whole files of it, as Base64, for other programs to judge. */
  readonly files?: readonly string[];
}
