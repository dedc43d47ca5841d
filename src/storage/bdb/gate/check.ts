/** Whether an object of a schema is one that Berkeley DB SQL, which is SQLite 3.7.6, can read and represent. */
import { NotSupportedError } from '../../../errors.ts';
import { type ColumnsOf, SchemaCursor } from './schema-cursor.ts';
import { query } from './schema-query.ts';
import { indexBody, tableBody } from './schema-table.ts';
import { triggerBody } from './schema-trigger.ts';

/** A row of the table of the schema. */
export interface SchemaObject {
  /** `table`, `index`, `view` or `trigger`. */
  readonly type: string;
  readonly name: string;
  /** Its table: `tbl_name`. */
  readonly table: string;
  /** The text it was made with; an index that a constraint made has none. */
  readonly sql: string | null;
}

/** Objects that fit: each tree is numbered with five digits, odd for a table and even for an index. */
export const MOST_OBJECTS = 49_000;

/**
 * Why Berkeley DB SQL cannot have this object, or null when it can: a clause that names the object and the construct,
 * without a full stop: `table "f" is STRICT; Berkeley DB SQL (SQLite 3.7.6) cannot read it`. The texts are ones that the engine
 * has taken already: what no SQLite could read may pass. With the rest of the `schema` an index is held against its table, and
 * by `columnsOf` a name in a view against the columns of all its tables.
 */
export function faultOf(object: SchemaObject, schema: readonly SchemaObject[] = [], columnsOf?: ColumnsOf): string | null {
  if (object.sql === null) return null;
  try {
    readObject(new SchemaCursor(object.sql, query, columnsOf), object, schema);
    return null;
  } catch (error) {
    if (!(error instanceof NotSupportedError)) throw error;
    return `${object.type} ${JSON.stringify(object.name)} ${error.message}; Berkeley DB SQL (SQLite 3.7.6) cannot read it`;
  }
}

/** Reads the whole text of an object and throws at the first thing that 3.7.6 does not know. */
function readObject(c: SchemaCursor, object: SchemaObject, schema: readonly SchemaObject[]): void {
  c.expect('create');
  if (c.acceptOne(['temp', 'temporary']) !== undefined) c.refuse('is temporary');
  if (c.accept('virtual')) c.refuse('is virtual');
  const unique = c.accept('unique');
  const kind = c.acceptOne(unique ? ['index'] : ['table', 'index', 'view', 'trigger']) ?? c.unexpected();
  c.accept('if', 'not', 'exists');
  c.name();
  if (c.accept('.')) c.name();
  if (kind === 'table') c.nested(1, () => tableBody(c));
  else if (kind === 'index') requireColumns(c, indexBody(c), object, schema);
  else if (kind === 'view') viewBody(c);
  else c.nested(2, () => triggerBody(c));
  c.end();
  requireNoTruths(c);
}

function viewBody(c: SchemaCursor): void {
  if (c.sees('(')) c.refuse('names its columns in parentheses (name them in the query)');
  c.expect('as');
  c.nested(8, () => c.query());
}

/** Refuses TRUE and FALSE, which 3.7.6 takes for names, unless something has these. */
function requireNoTruths(c: SchemaCursor): void {
  for (const truth of c.truths)
    if (!c.given.has(truth)) c.refuse(`uses ${truth.toUpperCase()} (write ${truth === 'true' ? 1 : 0})`);
}

/** Refuses texts in double quotes among the columns of an index. */
function requireColumns(c: SchemaCursor, quoted: readonly string[], object: SchemaObject, schema: readonly SchemaObject[]): void {
  const of = schema.find(({ type, name }) => type === 'table' && name.toLowerCase() === object.table.toLowerCase());
  if (quoted.length === 0 || of === undefined || of.sql === null) return;
  const table = new SchemaCursor(of.sql, query);
  table.accept('create', 'table');
  table.name();
  try {
    tableBody(table);
  } catch (error) {
    if (!(error instanceof NotSupportedError)) throw error;
    return;
  }
  for (const name of quoted)
    if (!table.given.has(name.toLowerCase())) c.refuse(`has the text ${JSON.stringify(name)} where a column must be`);
}
