/** What a SQLite database holds, asked of its own schema. */
import type { ReferentialAction } from '../../ast/schema.ts';
import type { DriverValue, Rows, Statement } from '../../wire/statement.ts';
import type {
  ColumnMetadata,
  ForeignKeyMetadata,
  IndexMetadata,
  Introspection,
  Question,
  ViewMetadata,
} from '../introspection.ts';
import { pragmaTable } from './pragma.ts';

type Row = readonly DriverValue[];

/** Questions whose answer is made of each row of one statement. */
function each<T>(sql: string, params: readonly DriverValue[], read: (row: Row) => T): Question<T[]> {
  const statement: Statement = { sql, mode: 'read', params };
  return { statements: [statement], read: ([rows]) => (rows ? rowsOf(rows).map(read) : []) };
}

function rowsOf({ length, data }: Rows): Row[] {
  return Array.from({ length }, (_, at) => data.map((column) => column[at] as DriverValue));
}

function master(schema: string | undefined): string {
  return `${schema === undefined ? '' : `"${schema.replaceAll('"', '""')}".`}sqlite_master`;
}

const text = (value: DriverValue | undefined): string => String(value);

/** The questions as SQLite answers them. */
export const sqliteIntrospection: Introspection = {
  tables: (schema) =>
    each(
      `SELECT name FROM ${master(schema)} WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      [],
      ([name]) => text(name),
    ),

  views: (schema) =>
    each(
      `SELECT name, sql FROM ${master(schema)} WHERE type = 'view' ORDER BY name`,
      [],
      ([name, sql]): ViewMetadata => ({
        name: text(name),
        sql: text(sql),
      }),
    ),

  columns(table, schema) {
    const info = pragmaTable('table_info', table, schema);
    return each(
      `SELECT name, type, "notnull", pk, dflt_value FROM ${info.sql} ORDER BY cid`,
      info.params,
      ([name, type, notNull, pk, value]): ColumnMetadata => ({
        name: text(name),
        dataType: text(type),
        null: !notNull,
        primaryKey: Number(pk) > 0,
        table,
        default: value === null || value === undefined ? null : text(value),
      }),
    );
  },

  indexes(table, schema) {
    const list = pragmaTable('index_list', table, schema);
    const columns = `pragma_index_info(l.name${schema === undefined ? '' : ', ?'})`;
    const sql =
      `SELECT l.name, l."unique", m.sql, i.name FROM ${list.sql} AS l` +
      ` LEFT JOIN ${master(schema)} AS m ON m.type = 'index' AND m.name = l.name` +
      ` JOIN ${columns} AS i ORDER BY l.seq DESC, i.seqno`;
    const params = schema === undefined ? list.params : [...list.params, schema];
    return { statements: [{ sql, mode: 'read', params }], read: ([rows]) => (rows ? indexesOf(rowsOf(rows), table) : []) };
  },

  primaryKeys(table, schema) {
    const info = pragmaTable('table_info', table, schema);
    return each(`SELECT name FROM ${info.sql} WHERE pk > 0 ORDER BY pk`, info.params, ([name]) => text(name));
  },

  foreignKeys(table, schema) {
    const list = pragmaTable('foreign_key_list', table, schema);
    return each(
      `SELECT "from", "table", "to", on_delete, on_update FROM ${list.sql} ORDER BY id, seq`,
      list.params,
      ([from, to, column, onDelete, onUpdate]): ForeignKeyMetadata => ({
        column: text(from),
        destTable: text(to),
        destColumn: column === null || column === undefined ? null : text(column),
        table,
        onDelete: text(onDelete) as ReferentialAction,
        onUpdate: text(onUpdate) as ReferentialAction,
      }),
    );
  },
};

/** One index of each run of rows with its name: a row per column. */
function indexesOf(rows: readonly Row[], table: string): IndexMetadata[] {
  const found = new Map<string, IndexMetadata & { readonly columns: (string | null)[] }>();
  for (const [name, unique, sql, column] of rows) {
    const key = text(name);
    const index = found.get(key) ?? { name: key, sql: sql === null ? null : text(sql), columns: [], unique: unique === 1, table };
    index.columns.push(column === null ? null : text(column));
    found.set(key, index);
  }
  return [...found.values()];
}
