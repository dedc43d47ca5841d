/** What a Postgres database holds, asked of its catalogs. Postgres: "System Catalogs". */
import type { ReferentialAction } from '../../ast/schema.ts';
import type { DriverValue } from '../../wire/statement.ts';
import type { ColumnMetadata, ForeignKeyMetadata, Introspection, ViewMetadata } from '../introspection.ts';
import { each, indexesOf, question, text, textOrNull } from '../question.ts';

/** How pg_constraint writes what a foreign key does. */
const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

const RELATIONS = 'pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace';

/** Where to look, and what to bind there. */
interface Place {
  readonly where: string;
  readonly params: readonly DriverValue[];
}

/** All of a schema; without one, whatever a query finds by its name alone, which the search path decides. */
function within(schema: string | undefined): Place {
  if (schema !== undefined) return { where: 'n.nspname = $1', params: [schema] };
  const where = "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'";
  return { where, params: [] };
}

function named(table: string, schema: string | undefined): Place {
  const { where, params } = within(schema);
  return { where: `${where} AND c.relname = $${params.length + 1}`, params: [...params, table] };
}

function names(kinds: string, schema: string | undefined): ReturnType<Introspection['tables']> {
  const { where, params } = within(schema);
  const sql = `SELECT c.relname FROM ${RELATIONS} WHERE c.relkind IN (${kinds}) AND ${where} ORDER BY c.relname`;
  return each(sql, params, ([name]) => text(name));
}

/** The questions as Postgres answers them. */
export const postgresIntrospection: Introspection = {
  tables: (schema) => names("'r', 'p'", schema),

  views(schema) {
    const { where, params } = within(schema);
    const kind = "CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END";
    const query = "pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')";
    const sql =
      `SELECT c.relname, 'CREATE ' || ${kind} || pg_catalog.quote_ident(c.relname) || ' AS' || ${query}` +
      ` FROM ${RELATIONS} WHERE c.relkind IN ('v', 'm') AND ${where} ORDER BY c.relname`;
    return each(sql, params, ([name, definition]): ViewMetadata => ({ name: text(name), sql: text(definition) }));
  },

  columns(table, schema) {
    const { where, params } = named(table, schema);
    const isKey =
      'EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))';
    const sql =
      `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, ${isKey},` +
      " CASE a.attgenerated WHEN '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END" +
      ` FROM ${RELATIONS} JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped` +
      ' LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum' +
      ` WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${where} ORDER BY a.attnum`;
    return each(
      sql,
      params,
      ([name, dataType, notNull, key, value]): ColumnMetadata => ({
        name: text(name),
        dataType: text(dataType),
        null: !notNull,
        primaryKey: Boolean(key),
        table,
        default: textOrNull(value),
      }),
    );
  },

  indexes(table, schema) {
    const { where, params } = named(table, schema);
    const sql =
      'SELECT x.relname, i.indisunique, CASE WHEN k.oid IS NULL THEN pg_catalog.pg_get_indexdef(x.oid) END, a.attname' +
      ` FROM ${RELATIONS} JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid` +
      " LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')" +
      ' CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS part (at)' +
      ' LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[part.at] AND a.attnum > 0' +
      ` WHERE ${where} ORDER BY x.oid, part.at`;
    return question(sql, params, (rows) => indexesOf(rows, table));
  },

  primaryKeys(table, schema) {
    const { where, params } = named(table, schema);
    const sql =
      `SELECT a.attname FROM ${RELATIONS} JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisprimary` +
      ' CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS part (at)' +
      ' JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[part.at]' +
      ` WHERE ${where} ORDER BY part.at`;
    return each(sql, params, ([name]) => text(name));
  },

  foreignKeys(table, schema) {
    const { where, params } = named(table, schema);
    // A key that refers to a partitioned table has another, below it, for each of the partitions.
    const isWhole = 'NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS w WHERE w.oid = k.conparentid AND w.conrelid = c.oid)';
    const sql =
      'SELECT a.attname, o.relname, b.attname, k.confdeltype, k.confupdtype, CASE WHEN m.oid <> n.oid THEN m.nspname END' +
      ` FROM ${RELATIONS} JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f'` +
      ' JOIN pg_catalog.pg_class AS o ON o.oid = k.confrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = o.relnamespace' +
      ' CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair (own, other, at)' +
      ' JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = pair.own' +
      ' JOIN pg_catalog.pg_attribute AS b ON b.attrelid = o.oid AND b.attnum = pair.other' +
      ` WHERE ${where} AND ${isWhole} ORDER BY k.oid, pair.at`;
    return each(
      sql,
      params,
      ([column, destTable, destColumn, onDelete, onUpdate, destSchema]): ForeignKeyMetadata => ({
        column: text(column),
        destTable: text(destTable),
        destColumn: text(destColumn),
        table,
        onDelete: ACTIONS[text(onDelete)] as ReferentialAction,
        onUpdate: ACTIONS[text(onUpdate)] as ReferentialAction,
        ...(typeof destSchema === 'string' ? { destSchema } : {}),
      }),
    );
  },

  sequences: (schema) => names("'S'", schema),

  schemas: () =>
    each(
      "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY nspname",
      [],
      ([name]) => text(name),
    ),
};
