/** What a SQLite database holds, asked of its own schema. */
import type { ReferentialAction } from '../../ast/schema.ts';
import type { ColumnMetadata, ForeignKeyMetadata, Introspection, ViewMetadata } from '../introspection.ts';
import { each, indexesOf, question, text, textOrNull } from '../question.ts';
import { pragmaTable } from './pragma.ts';

function master(schema: string | undefined): string {
  return `${schema === undefined ? '' : `"${schema.replaceAll('"', '""')}".`}sqlite_master`;
}

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
        default: textOrNull(value),
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
    return question(sql, params, (rows) => indexesOf(rows, table));
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
        destColumn: textOrNull(column),
        table,
        onDelete: text(onDelete) as ReferentialAction,
        onUpdate: text(onUpdate) as ReferentialAction,
      }),
    );
  },

  sequences: () => ({ statements: [], read: () => [] }),

  schemas: () => each("SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq", [], ([name]) => text(name)),
};
