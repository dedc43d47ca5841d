/** How a cluster of ours is made and run, so that a commit writes little and nothing piles up. */

/**
 * Arguments for initdb, PGlite's own come before: logs of 1 MB instead of 16, and pages without checksums, which would log a
 * whole page when a row is first read after a checkpoint; the storage has checksums of its own. Texts are compared byte by
 * byte, as PGlite does by default, and upper and lower case are those of Unicode as Postgres itself knows them, which is
 * quicker than asking the C library and the same everywhere.
 */
export const INITDB_PARAMETERS: readonly string[] = [
  '--wal-segsize=1',
  '--no-data-checksums',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

/**
 * Arguments for each start, PGlite's own come before. They are not in the cluster's configuration: what is exported
 * must not carry them to a server that keeps its files elsewhere.
 *
 * `full_page_writes` repairs pages that were written by halves: what is stored here is stored whole. `wal_level` is for
 * replication. `synchronous_commit` stays on: without it a commit waits in memory for a process that does not run here.
 * `max_stack_depth` as it is would let deep SQL through until the stack of JavaScript is used up, which breaks the engine;
 * so Postgres refuses it first.
 */
export const START_PARAMETERS: readonly string[] = [
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'wal_recycle=off',
  'wal_init_zero=off',
  'min_wal_size=2MB',
  'max_wal_size=8MB',
  'shared_buffers=16MB',
  'max_stack_depth=100kB',
].flatMap((setting) => ['-c', setting]);
