/** Random work for a database: commits as lists of statements, the same for the same seed. */
import { randomFrom } from './random.ts';

const KEYS = ['k', 'k COLLATE NOCASE', 'k DESC', 'b, k', 'k COLLATE RTRIM, id'];

/** The schema as it will be, so that statements name what is there. */
interface Schema {
  readonly tables: string[];
  readonly indexes: string[];
  next: number;
}

/** Each list is a transaction; `['VACUUM']` is none. The table `t0(id INTEGER PRIMARY KEY, k, b)` has to be there. */
export function* randomCommits(seed: number, commits: number): Generator<readonly string[]> {
  const below = randomFrom(seed);
  const schema: Schema = { tables: ['t0'], indexes: [], next: 1 };
  for (let commit = 0; commit < commits; commit++) {
    if (below(12) === 0) yield ['VACUUM'];
    else yield Array.from({ length: 1 + below(4) }, () => statement(below, schema)).flatMap((text) => text.split('; '));
  }
}

type Below = (limit: number) => number;

function statement(below: Below, schema: Schema): string {
  const table = schema.tables[below(schema.tables.length)]!;
  const id = below(400) - 40;
  const kinds = [
    () => `INSERT OR REPLACE INTO ${table} VALUES(${id}, ${key(below)}, ${blob(below)})`,
    () =>
      `${counter(1 + below(120))} INSERT OR REPLACE INTO ${table} SELECT ${id} + i * ${1 + below(3)}, ${key(below)} || i, substr(${blob(below)}, 1, i * 7) FROM c`,
    () => `UPDATE ${table} SET k = ${key(below)} WHERE id BETWEEN ${id} AND ${id + below(30)}`,
    // Only the last of the pages that have the blob is written.
    () => endOfBlob(below, table, `id BETWEEN ${id} AND ${id + 60}`),
    () => endOfBlob(below, table, `id % ${2 + below(9)} = 0`),
    () => `UPDATE ${table} SET b = ${blob(below)} WHERE id % ${2 + below(20)} = 0`,
    () => `UPDATE ${table} SET id = id + 100000 WHERE id BETWEEN ${id} AND ${id + below(5)} AND id < 1000`,
    () => `DELETE FROM ${table} WHERE id BETWEEN ${id} AND ${id + below(150)}`,
    () => `DELETE FROM ${table} WHERE id % ${2 + below(6)} = 0`,
    () => (below(4) === 0 ? `DELETE FROM ${table}` : `DELETE FROM ${table} WHERE id = ${id}`),
    () => schemaStatement(below, schema, table),
  ];
  return kinds[below(kinds.length)]!();
}

function endOfBlob(below: Below, table: string, where: string): string {
  const end = `x'${10 + below(90)}'`;
  return `UPDATE ${table} SET b = CAST(substr(b, 1, length(b) - 1) || ${end} AS BLOB) WHERE ${where} AND typeof(b) = 'blob' AND length(b) > 99`;
}

function schemaStatement(below: Below, schema: Schema, table: string): string {
  const number = schema.next++;
  switch (below(6)) {
    case 0: {
      schema.tables.push(`t${number}`);
      return `CREATE TABLE t${number}(id INTEGER PRIMARY KEY, k ${['', 'UNIQUE', 'COLLATE NOCASE UNIQUE'][below(3)]} ON CONFLICT REPLACE, b)`.replace(
        /k {2}ON CONFLICT REPLACE/,
        'k',
      );
    }
    case 1:
      schema.indexes.push(`i${number}`);
      return `CREATE INDEX i${number} ON ${table}(${KEYS[below(KEYS.length)]})`;
    case 2: {
      const index = schema.indexes.splice(below(schema.indexes.length), 1)[0];
      return index === undefined ? 'PRAGMA user_version = 5' : `DROP INDEX IF EXISTS ${index}`;
    }
    case 3: {
      if (table === 't0') return `DROP TABLE t0; CREATE TABLE t0(id INTEGER PRIMARY KEY, k, b)`;
      schema.tables.splice(schema.tables.indexOf(table), 1);
      return `DROP TABLE ${table}`;
    }
    case 4:
      if (table === 't0') return `PRAGMA user_version = ${number}`;
      schema.tables[schema.tables.indexOf(table)] = `t${number}`;
      return `ALTER TABLE ${table} RENAME TO t${number}`;
    default:
      return `CREATE VIEW v${number} AS SELECT 1`;
  }
}

function key(below: Below): string {
  return [
    `'k${below(50)}'`,
    `'K${below(50)}'`,
    `${below(300) - 150}`,
    `${below(9)}.5`,
    `hex(zeroblob(${below(1600)}))`,
    'NULL',
    `'${'ü'.repeat(below(30))}  '`,
  ][below(7)]!;
}

function blob(below: Below): string {
  return [
    'NULL',
    `zeroblob(${below(3000)})`,
    `zeroblob(${below(200)})`,
    `x'${'ab'.repeat(below(60))}'`,
    `zeroblob(${below(25_000)})`,
  ][below(5)]!;
}

function counter(rows: number): string {
  return `WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows})`;
}
