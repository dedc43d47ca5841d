/** Tables, schemas and sequences as Postgres creates and drops them. Postgres: "Data Definition". */
import type { ColumnSchema, QualifiedName, SchemaNode, TableSchema } from '../../ast/schema.ts';
import type { Statement } from '../../wire/statement.ts';
import type { Compiler } from '../compiler.ts';
import { columnConstraints, foreignKey, qualified, schemaStatement, tableSettings } from '../ddl.ts';
import type { Writer } from '../writer.ts';
import { createIndex, uniqueConstraint } from './create-index.ts';
import { addExtensions } from './extensions.ts';
import { newName, shortName } from './names.ts';
import { postgresTypeName } from './type-name.ts';

/** The statements of a schema node. */
export function schemaStatements(compiler: Compiler, node: SchemaNode): readonly Statement[] {
  const write = (text: string): Statement => statementOf(compiler, text);
  const ifExists = 'safe' in node && node.safe ? 'IF EXISTS ' : '';
  const ifNotExists = 'safe' in node && node.safe ? 'IF NOT EXISTS ' : '';
  const cascade = 'cascade' in node && node.cascade ? ' CASCADE' : '';
  switch (node.kind) {
    case 'createTables':
      return createTables(compiler, node.tables, node.safe);
    case 'dropTables':
      return dropTables(compiler, node.tables, ifExists, cascade);
    case 'truncateTables':
      return truncateTables(compiler, node.tables, node.restartIdentity, cascade);
    case 'createIndex':
      return [schemaStatement(compiler, (w) => createIndex(compiler, w, node.index, node.safe))];
    case 'dropIndex':
      return [write(`DROP INDEX ${node.concurrently ? 'CONCURRENTLY ' : ''}${ifExists}${qualified(compiler, node)}`)];
    case 'createSchema':
      return [write(`CREATE SCHEMA ${ifNotExists}${compiler.quote(newName(node.name))}`)];
    case 'dropSchema':
      return [write(`DROP SCHEMA ${ifExists}${compiler.quote(node.name)}${cascade}`)];
    case 'createSequence':
      return [write(`CREATE SEQUENCE ${ifNotExists}${created(compiler, node)}`)];
    case 'dropSequence':
      return [write(`DROP SEQUENCE ${ifExists}${qualified(compiler, node)}`)];
    case 'syncSequence':
      return [write(syncSequence(compiler, node.table, node.column))];
  }
}

/** The tables after the sequences they count with; keys of a circle once all its tables are there. */
function createTables(compiler: Compiler, tables: readonly TableSchema[], safe: boolean): Statement[] {
  const ready = new Set<string>();
  const later: Statement[] = [];
  const made = tables.map((table) => {
    ready.add(qualified(compiler, table));
    const isLater = ({ references: to }: ColumnSchema): boolean => {
      const target = to && qualified(compiler, { name: to.table, schema: to.schema });
      return target !== undefined && !ready.has(target) && tables.some((one) => qualified(compiler, one) === target);
    };
    later.push(...table.columns.filter(isLater).map((column) => addForeignKey(compiler, table, column, safe)));
    return schemaStatement(compiler, (w) => createTable(compiler, w, table, safe, isLater));
  });
  const sequences = sequencesOf(tables).flatMap((name) =>
    schemaStatements(compiler, { kind: 'createSequence', ...name, safe: true }),
  );
  return [...addExtensions(tables), ...sequences, ...made, ...later];
}

function createTable(
  compiler: Compiler,
  w: Writer,
  table: TableSchema,
  safe: boolean,
  isLater: (column: ColumnSchema) => boolean,
): void {
  const persistence = table.temporary ? 'TEMPORARY ' : table.unlogged ? 'UNLOGGED ' : '';
  w.text += `CREATE ${persistence}TABLE ${safe ? 'IF NOT EXISTS ' : ''}${created(compiler, table)} (`;
  const parts: (() => void)[] = table.columns.map((column) => () => columnDefinition(compiler, w, column, table));
  if (table.primaryKey.length > 0) parts.push(() => compiler.names(w, table.primaryKey, 'PRIMARY KEY '));
  for (const unique of table.uniques ?? []) parts.push(() => uniqueConstraint(compiler, w, unique));
  for (const constraint of table.constraints) parts.push(() => compiler.expression(w, constraint));
  for (const column of table.columns) {
    const { name, references } = column;
    if (references && !isLater(column)) parts.push(() => (w.text += foreignKey(compiler, name, references)));
  }
  w.list(parts, ', ', (part) => part());
  w.text += ')';
  // WITHOUT ROWID and STRICT are SQLite's names for what every table is here.
  tableSettings(compiler, w, table);
}

function columnDefinition(compiler: Compiler, w: Writer, column: ColumnSchema, table: TableSchema): void {
  w.text += `${compiler.quote(newName(column.name))} ${postgresTypeName(column.type)}`;
  if (column.collation !== undefined) w.text += ` COLLATE ${compiler.quote(column.collation)}`;
  if (!column.null) w.text += ' NOT NULL';
  if (column.type.name === 'auto' || column.type.name === 'bigauto') w.text += identity(compiler, column, table);
  if (column.primaryKey) w.text += ' PRIMARY KEY';
  if (column.unique) w.text += ' UNIQUE';
  columnConstraints(compiler, w, column);
}

/**
 * Keys are identity columns where peewee has `serial`: the same sequence, but it belongs to the column, so that it goes and
 * is granted with the table, and nobody drops or forgets its default. `BY DEFAULT` takes keys given by hand as `serial` does.
 */
function identity(compiler: Compiler, { sequence, generateAlways }: ColumnSchema, { schema }: TableSchema): string {
  if (sequence === undefined) return ` GENERATED ${generateAlways ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`;
  return ` DEFAULT nextval(${compiler.literal(qualified(compiler, { name: sequence, schema }))})`;
}

/** A foreign key for a table that is there; when it may exist already, that is no error. */
function addForeignKey(compiler: Compiler, table: TableSchema, { name, references: to }: ColumnSchema, safe: boolean): Statement {
  // The name Postgres itself would give.
  const constraintName = to?.constraintName ?? shortName(`${table.name}_${name}_fkey`);
  const key = to ? foreignKey(compiler, name, { ...to, constraintName }) : '';
  const add = `ALTER TABLE ${qualified(compiler, table)} ADD ${key}`;
  return statementOf(compiler, safe ? attempt(compiler, add, 'duplicate_object') : add);
}

/** One statement for all tables, which minds no references between them; a sequence stays while another table counts with it. */
function dropTables(compiler: Compiler, tables: readonly TableSchema[], ifExists: string, cascade: string): Statement[] {
  if (tables.length === 0) return [];
  const sequences = sequencesOf(tables).map((name) => {
    const drop = `DROP SEQUENCE IF EXISTS ${qualified(compiler, name)}`;
    return attempt(compiler, drop, 'dependent_objects_still_exist');
  });
  return [`DROP TABLE ${ifExists}${list(compiler, tables)}${cascade}`, ...sequences].map((text) => statementOf(compiler, text));
}

/** What may fail with that condition, and then changes nothing. */
function attempt(compiler: Compiler, sql: string, condition: string): string {
  return `DO ${compiler.literal(`BEGIN ${sql}; EXCEPTION WHEN ${condition} THEN NULL; END`)}`;
}

function statementOf(compiler: Compiler, text: string): Statement {
  return schemaStatement(compiler, (w) => (w.text += text));
}

/** Sequences that no column owns are told apart to begin again. */
function truncateTables(compiler: Compiler, tables: readonly TableSchema[], restart: boolean, cascade: string): Statement[] {
  if (tables.length === 0) return [];
  const truncate = `TRUNCATE TABLE ${list(compiler, tables)}${restart ? ' RESTART IDENTITY' : ''}${cascade}`;
  const sequences = restart ? sequencesOf(tables) : [];
  const texts = [truncate, ...sequences.map((name) => `ALTER SEQUENCE ${qualified(compiler, name)} RESTART`)];
  return texts.map((text) => statementOf(compiler, text));
}

/** The sequences with a name of their own, each once. */
function sequencesOf(tables: readonly TableSchema[]): QualifiedName[] {
  const found = new Map<string, QualifiedName>();
  for (const { columns, schema } of tables) {
    for (const { sequence } of columns)
      if (sequence !== undefined) found.set(JSON.stringify([schema, sequence]), { name: sequence, schema });
  }
  return [...found.values()];
}

/** Moves the sequence up to the largest key, never down: keys of deleted rows are not given again. */
function syncSequence(compiler: Compiler, table: QualifiedName, { name: column, sequence }: ColumnSchema): string {
  const from = qualified(compiler, table);
  const name =
    sequence === undefined
      ? `pg_get_serial_sequence(${compiler.literal(from)}, ${compiler.literal(column)})`
      : compiler.literal(qualified(compiler, { name: sequence, schema: table.schema }));
  return (
    `SELECT setval(s.name, k.last) FROM (SELECT CAST(${name} AS regclass)) AS s (name)` +
    ` CROSS JOIN (SELECT max(${compiler.quote(column)}) FROM ${from}) AS k (last)` +
    ' WHERE k.last > coalesce(pg_sequence_last_value(s.name), 0)'
  );
}

function created(compiler: Compiler, name: QualifiedName): string {
  newName(name.name);
  return qualified(compiler, name);
}

function list(compiler: Compiler, names: readonly QualifiedName[]): string {
  return names.map((name) => qualified(compiler, name)).join(', ');
}
