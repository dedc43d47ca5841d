/** A connection to the engine that lets nothing into the schema that Berkeley DB SQL could not read. */
import { NotSupportedError, WaxwingError } from '../errors.ts';
import { faultOf, MOST_OBJECTS, type SchemaObject } from '../storage/bdb/gate/check.ts';
import type { Outcome, Rows, Statement } from '../wire/statement.ts';
import {
  ADDS_OBJECTS,
  ALONE,
  CHANGES_OBJECTS,
  CHANGES_ROWS,
  columnsIn,
  FILL_INDEXES,
  KEEP_NO_JOURNAL,
  LAST_OBJECT,
  OPENS_SCHEMA,
  objectsBehind,
  WITHIN,
} from './berkeley-sql.ts';
import { Handle } from './sqljs-handle.ts';
import type { Sink } from './sqljs-statement.ts';

/** A statement that changes the schema is run, what came of it is looked at, and all of it is undone where that cannot be stored. */
export class BerkeleyHandle extends Handle {
  /** True when the schema can be written by hand, which then a trigger of any statement may do. */
  #isSchemaWritable = false;

  override run(statement: Statement, sink?: Sink): Outcome {
    const { sql } = statement;
    if (OPENS_SCHEMA.test(sql)) this.#isSchemaWritable = true;
    if (!this.#mayChangeObjects(sql)) return super.run(statement, sink);
    return this.#checked(statement, sink, ADDS_OBJECTS.test(sql) ? lastObject(this) : 0);
  }

  override *stream(statement: Statement, size: number): Generator<Rows, void> {
    if (this.#mayChangeObjects(statement.sql)) yield this.run(statement).rows;
    else yield* super.stream(statement, size);
  }

  #mayChangeObjects(sql: string): boolean {
    return ADDS_OBJECTS.test(sql) || CHANGES_OBJECTS.test(sql) || (this.#isSchemaWritable && CHANGES_ROWS.test(sql));
  }

  /** `from` is the last row of the schema that the statement leaves as it is. */
  #checked(statement: Statement, sink: Sink | undefined, from: number): Outcome {
    const { begin, keep, undo } = this.isOpen ? WITHIN : ALONE;
    const before = from > 0 ? [] : objects(this, from);
    this.query(begin);
    try {
      const outcome = super.run(statement, sink);
      requireStorable(this, from, before, statement.sql);
      for (const sql of keep) this.query(sql);
      return outcome;
    } catch (error) {
      // Some errors of the engine have ended the whole transaction already.
      if (this.isOpen) for (const sql of undo) this.query(sql);
      throw error;
    }
  }
}

/**
 * Looks at the objects of the schema behind row `from`, but for those that were there before: a file of Berkeley DB may
 * hold what only the application that made it can use.
 * @throws NotSupportedError that names the object and what Berkeley DB SQL does not know.
 */
export function requireStorable(handle: Handle, from = 0, before: readonly SchemaObject[] = [], sql?: string): void {
  const known = new Set(before.map(keyOf));
  const changed = objects(handle, from).filter((object) => !known.has(keyOf(object)));
  // What an index may be on is for its table to say.
  const all = changed.some(({ type }) => type === 'index') ? objects(handle, 0) : [];
  for (const object of changed) {
    const fault = faultOf(object, all, (source) => columnsOf(handle, source));
    if (fault !== null) throw new NotSupportedError(`BerkeleyDatabase: ${fault}.`, { sql });
  }
  const [, [count]] = handle.query(LAST_OBJECT).data as [unknown, readonly number[]];
  if (Number(count) > MOST_OBJECTS)
    throw new NotSupportedError(`BerkeleyDatabase: a file of Berkeley DB SQL has room for ${MOST_OBJECTS} tables and indexes.`, {
      sql,
    });
}

/**
 * Fills the indexes of a file that is thrown away when that fails.
 * @throws NotSupportedError for a schema that the SQLite here cannot read.
 */
export function fillIndexes(handle: Handle, database: string): void {
  try {
    handle.query(KEEP_NO_JOURNAL);
    handle.query(FILL_INDEXES);
  } catch (error) {
    throw schemaError(error, database);
  }
}

/** How SQLite says that it cannot make sense of a text in the schema. */
const UNREADABLE = /^malformed database schema \((.*?)\)(?: - (.*))?$/;

/** What SQLite 3.7.6 has taken and the SQLite here does not read is no damage: a column called RETURNING, without quotes. */
export function schemaError(error: unknown, database: string): unknown {
  const [, name, why = 'its SQL makes no sense to it'] =
    UNREADABLE.exec(error instanceof WaxwingError ? error.message : '') ?? [];
  if (name === undefined) return error;
  return new NotSupportedError(
    `"${name}" in "${database}" cannot be read by the SQLite that runs here: ${why}. ` +
      'A name that is a word of SQL since may be the reason: make it again in db5.3_sql, with the name in quotes.',
    { cause: error, database },
  );
}

function lastObject(handle: Handle): number {
  return Number(handle.query(LAST_OBJECT).data[0]?.[0] ?? 0);
}

function objects(handle: Handle, from: number): SchemaObject[] {
  const { length, data } = handle.query(objectsBehind(from));
  const [type, name, table, sql] = data as readonly (readonly string[])[];
  return Array.from({ length }, (_, row) => ({
    type: type![row]!,
    name: name![row]!,
    table: table![row]!,
    sql: sql![row] ?? null,
  }));
}

/** Null for what is not there, or belongs to a query around it. */
function columnsOf(handle: Handle, source: string): readonly string[] | null {
  try {
    return handle.query(columnsIn(source)).names;
  } catch {
    return null;
  }
}

function keyOf({ type, name, sql }: SchemaObject): string {
  return `${type} ${name} ${sql}`;
}
