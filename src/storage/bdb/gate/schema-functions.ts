/** The functions that SQLite 3.7.6 has. */

/** Fewest and most arguments. `*` in their place counts as none. */
type Arguments = readonly [fewest: number, most: number];

const ANY = 127;

/** Functions of one row. */
const SCALAR: Readonly<Record<string, Arguments>> = {
  abs: [1, 1],
  changes: [0, 0],
  coalesce: [2, ANY],
  create_sequence: [1, ANY],
  currval: [1, 1],
  date: [0, ANY],
  datetime: [0, ANY],
  drop_sequence: [1, 1],
  glob: [2, 2],
  hex: [1, 1],
  ifnull: [2, 2],
  julianday: [0, ANY],
  last_insert_rowid: [0, 0],
  length: [1, 1],
  like: [2, 3],
  lower: [1, 1],
  ltrim: [1, 2],
  max: [1, ANY],
  min: [1, ANY],
  nextval: [1, 1],
  nullif: [2, 2],
  quote: [1, 1],
  random: [0, 0],
  randomblob: [1, 1],
  replace: [3, 3],
  round: [1, 2],
  rtrim: [1, 2],
  sqlite_compileoption_get: [1, 1],
  sqlite_compileoption_used: [1, 1],
  sqlite_source_id: [0, 0],
  sqlite_version: [0, 0],
  strftime: [0, ANY],
  substr: [2, 3],
  time: [0, ANY],
  total_changes: [0, 0],
  trim: [1, 2],
  typeof: [1, 1],
  upper: [1, 1],
  zeroblob: [1, 1],
};

/** Functions of all the rows of a group; max and min are these as well. */
const AGGREGATE: Readonly<Record<string, Arguments>> = {
  avg: [1, 1],
  count: [0, 1],
  group_concat: [1, 2],
  sum: [1, 1],
  total: [1, 1],
};

const FUNCTIONS = new Map([...Object.entries(SCALAR), ...Object.entries(AGGREGATE)]);

/** Why 3.7.6 cannot call a function with so many arguments, or undefined when it can. */
export function callFault(name: string, count: number): string | undefined {
  const known = FUNCTIONS.get(name.toLowerCase());
  if (known === undefined) return `uses the function ${name}()`;
  const [fewest, most] = known;
  return count < fewest || count > most ? `uses the function ${name}() with ${count} arguments` : undefined;
}

/** Functions with which 3.7.6 crashes when they make the DEFAULT of a column: those that compare, and aggregates. */
export const UNFIT_FOR_DEFAULT: ReadonlySet<string> = new Set(['max', 'min', 'nullif', ...Object.keys(AGGREGATE)]);
