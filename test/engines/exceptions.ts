/**
 * What an engine cannot do that the suites ask of all. Each of these tests is run, and has to fail: one that passes, or that
 * does not exist, fails the run.
 */

export interface Exception {
  /** The backends that cannot, by their names in `test/backends.ts`. */
  readonly backends: readonly string[];
  /** The file in `test/engines/`, without `.test.ts`. */
  readonly file: string;
  /** The names of the blocks inside the backend's and of the test, with ` > ` between. */
  readonly test: string;
  readonly reason: string;
}

const SQLITE = ['sqlite memory', 'sqlite file', 'sqlite indexeddb', 'sqlite opfs'];
const BERKELEY = ['berkeley memory', 'berkeley file', 'berkeley indexeddb', 'berkeley opfs'];
const PGLITE = ['pglite memory', 'pglite file', 'pglite indexeddb', 'pglite opfs'];
const POSTGRES = [...PGLITE, 'postgres server'];

const KEPT = 'comes back as it went in, by itself and in bulk, and is found by comparing';
const BITS = 'An integer of Postgres has 32 bits; BigIntegerField has 64.';

export const exceptions: readonly Exception[] = [
  {
    backends: [...SQLITE, ...BERKELEY],
    file: 'values',
    test: `${KEPT} > double NaN`,
    reason: 'SQLite makes NULL of NaN, so it is refused.',
  },
  {
    backends: BERKELEY,
    file: 'options',
    test: 'strict: the engine refuses values of another type',
    reason: 'Berkeley DB SQL is SQLite 3.7.6, which cannot open a file with such a table.',
  },
  {
    backends: BERKELEY,
    file: 'options',
    test: 'withoutRowid: a table that is its own index',
    reason: 'Berkeley DB SQL is SQLite 3.7.6, which cannot open a file with such a table.',
  },
  {
    backends: BERKELEY,
    file: 'options',
    test: 'indexes: partial, on expressions, named',
    reason: 'Berkeley DB SQL is SQLite 3.7.6, which cannot open a file with a partial index or one on an expression.',
  },
  { backends: POSTGRES, file: 'values', test: `${KEPT} > integer 1099511627776`, reason: BITS },
  { backends: POSTGRES, file: 'values', test: `${KEPT} > integer 9007199254740991`, reason: BITS },
  { backends: POSTGRES, file: 'values', test: `${KEPT} > integer -9007199254740991`, reason: BITS },
  {
    backends: POSTGRES,
    file: 'values',
    test: `${KEPT} > text "a\\u0000b"`,
    reason: 'Postgres keeps no NUL in text, so it is refused.',
  },
  { backends: POSTGRES, file: 'hostile', test: 'NUL is text like any other', reason: 'Postgres keeps no NUL in text.' },
  {
    backends: POSTGRES,
    file: 'bulk',
    test: 'conflicts: replace',
    reason: 'Postgres has no INSERT OR REPLACE: onConflict says what to update.',
  },
  {
    backends: POSTGRES,
    file: 'crud',
    test: 'create > counts on from a key the user chose',
    reason: 'A sequence counts by itself; Model.syncSequence() sets it behind the keys that are there.',
  },
  {
    backends: POSTGRES,
    file: 'options',
    test: 'collation: comparing, ordering and uniqueness follow it',
    reason: 'NOCASE is a collation of SQLite; Postgres has its own, and citext.',
  },
];

/** The exception for a test of a backend, if there is one. */
export function exceptionFor(file: string, backend: string, test: string): Exception | undefined {
  return exceptions.find((one) => one.file === file && one.test === test && one.backends.includes(backend));
}
