/** A file that no restart of Postgres wants to find: it is kept in memory and never stored. */
import { MemoryFile } from '../volume.ts';
import type { NodeFile } from './emscripten.ts';

/**
 * What is spilled by sorts and hashes, temporary tables, and what says that a server runs. A temporary table's files
 * begin with `t`, the number of its session and `_`.
 */
const VOLATILE = /(^|\/)pgsql_tmp|^pg_stat_tmp\/|^pg_dynshmem\/|^postmaster\.(pid|opts)$|\/t\d+_[^/]*$/;

export function isVolatile(name: string): boolean {
  return VOLATILE.test(name);
}

export class VolatileFile extends MemoryFile implements NodeFile {
  rename(): void {}

  remove(): void {}

  opened(): void {}

  released(): void {}
}
