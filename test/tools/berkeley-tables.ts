/** Every cell of a database, read by the same queries whatever answers them: `db5.3_sql` or Waxwing. */

/** A value as an engine or the shell around one gives it. */
export type Answer = string | number | bigint | null;
/** Answers several queries, in order. */
export type Ask = (queries: readonly string[]) => Promise<readonly (readonly (readonly Answer[])[])[]>;

/** `null`; `i` and an integer; `t` or `b` and the bytes of a text or blob, hexadecimal, in the encoding of the database; a real is a number. */
export type Cell = string | number | null;

export interface Table {
  readonly rootpage: number;
  readonly columns: readonly string[];
  /** The rowid and the columns of each row, in order of rowids. The rowid is null where columns have taken all of its names. */
  readonly rows: readonly Cell[][];
}

/** Everything that SQL can see: `schema` has type, name, table and text of each object, all but the first hexadecimal. */
export interface Contents {
  readonly schema: readonly string[];
  readonly tables: ReadonlyMap<string, Table>;
}

/** Columns read by one query: the most that a result may have is 2,000, of which each takes two. */
const AT_ONCE = 400;

/** Reads everything. A table is read without its indexes: those give 1 for 1.0 where both share a key. */
export async function contentsBy(ask: Ask): Promise<Contents> {
  const [[[encoding] = []] = [], schema = [], names = []] = await ask([
    'PRAGMA encoding',
    `SELECT type, ${bytesOf('name')}, ${bytesOf('tbl_name')}, ${bytesOf("coalesce(sql, '')")} FROM sqlite_master ORDER BY rowid`,
    `SELECT ${bytesOf('name')}, rootpage FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY rowid`,
  ]);
  const decoder = new TextDecoder(String(encoding), { ignoreBOM: true });
  const found = names.map(([name, rootpage]) => ({
    name: decoder.decode(Buffer.from(String(name), 'hex')),
    rootpage: Number(rootpage),
  }));
  const infos = await ask(found.map(({ name }) => `PRAGMA table_info(${quoted(name)})`));
  const columns = infos.map((rows) => rows.map((row) => String(row[1])));
  const answers = await ask(found.flatMap(({ name }, i) => queriesOf(name, columns[i]!)));
  const tables = new Map<string, Table>();
  let next = 0;
  for (const [i, { name, rootpage }] of found.entries()) {
    const parts = answers.slice(next, (next += queriesOf(name, columns[i]!).length));
    const rows = parts[0]!.map((_, row) => parts.flatMap((part, at) => cellsOf(part[row]!).slice(at === 0 ? 0 : 1)));
    tables.set(name, { rootpage, columns: columns[i]!, rows });
  }
  return { schema: schema.map((row) => row.join(' ')), tables };
}

/** What differs between two contents, the first few; empty when nothing does. */
export function differences(expected: Contents, got: Contents): string[] {
  const wrong = schemaDifferences(expected.schema, got.schema);
  const names = new Set([...expected.tables.keys(), ...got.tables.keys()]);
  for (const name of names) {
    const [before, after] = [expected.tables.get(name), got.tables.get(name)];
    if (before === undefined || after === undefined) wrong.push(`${name} is ${before === undefined ? 'new' : 'missing'}`);
    else wrong.push(...rowDifferences(name, before, after));
    if (wrong.length > 5) break;
  }
  return wrong.slice(0, 5);
}

function schemaDifferences(expected: readonly string[], got: readonly string[]): string[] {
  const readable = (line: string): string => line.replaceAll(/[0-9A-F]{2,}/g, (hex) => Buffer.from(hex, 'hex').toString());
  const missing = expected.filter((line) => !got.includes(line)).map((line) => `the schema has no ${readable(line)}`);
  return [...missing, ...got.filter((line) => !expected.includes(line)).map((line) => `the schema has ${readable(line)}`)];
}

function rowDifferences(name: string, before: Table, after: Table): string[] {
  if (String(before.columns) !== String(after.columns))
    return [`${name} has the columns ${after.columns}, not ${before.columns}`];
  const wrong: string[] = [];
  if (before.rows.length !== after.rows.length) wrong.push(`${name} has ${after.rows.length} rows, not ${before.rows.length}`);
  for (let i = 0; i < Math.min(before.rows.length, after.rows.length) && wrong.length < 3; i++) {
    const [expected, got] = [before.rows[i]!, after.rows[i]!];
    const at = expected.findIndex((cell, column) => !Object.is(cell, got[column]));
    if (at >= 0)
      wrong.push(
        `${name}, rowid ${expected[0]}, ${after.columns[at - 1] ?? 'rowid'}: ${short(got[at])}, not ${short(expected[at])}`,
      );
  }
  return wrong;
}

function short(cell: Cell | undefined): string {
  const text = String(cell);
  return text.length > 80 ? `${text.slice(0, 60)}… (${text.length})` : text;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** As the database keeps the text: `hex` of a text in UTF-16 is not the same in all versions. */
function bytesOf(text: string): string {
  return `hex(CAST(${text} AS BLOB))`;
}

function queriesOf(name: string, columns: readonly string[]): string[] {
  const taken = new Set(columns.map((column) => column.toLowerCase()));
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias));
  const queries: string[] = [];
  for (let from = 0; from === 0 || from < columns.length; from += AT_ONCE) {
    const asked = columns.slice(from, from + AT_ONCE).map(quoted);
    const cells = asked.map(
      (one) => `, typeof(${one}), CASE WHEN typeof(${one}) IN ('text', 'blob') THEN ${bytesOf(one)} ELSE ${one} END`,
    );
    queries.push(
      `SELECT ${rowid ?? 'NULL'}${cells.join('')} FROM ${quoted(name)} NOT INDEXED${rowid === undefined ? '' : ` ORDER BY ${rowid}`}`,
    );
  }
  return queries;
}

function cellsOf(answers: readonly Answer[]): Cell[] {
  const [rowid, ...rest] = answers;
  const cells: Cell[] = [rowid === null || rowid === 'NULL' ? null : `i${rowid}`];
  for (let i = 0; i < rest.length; i += 2) cells.push(cellOf(String(rest[i]), rest[i + 1]!));
  return cells;
}

function cellOf(type: string, value: Answer): Cell {
  if (type === 'null') return null;
  if (type === 'real')
    return value === 'Inf' ? Number.POSITIVE_INFINITY : value === '-Inf' ? Number.NEGATIVE_INFINITY : Number(value);
  return `${type[0]}${value}`;
}
