/** Tables and indexes as SQLite creates and drops them. */
import type { ColumnSchema, ForeignKeySchema, IndexSchema, QualifiedName, SchemaNode, TableSchema } from '../../ast/schema.ts';
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { ImproperlyConfigured, NotSupportedError } from '../../errors.ts';
import type { Statement } from '../../wire/statement.ts';
import type { Compiler } from '../compiler.ts';
import { columnConstraints, foreignKey, qualified, schemaStatement, tableSettings } from '../ddl.ts';
import type { Writer } from '../writer.ts';
import { isWideDecimal } from './decimal.ts';

/** Names as peewee declares them; what matters to SQLite is the affinity they have. */
const NAMES: Readonly<Record<CommonTypeName, string>> = {
  auto: 'INTEGER',
  bigauto: 'INTEGER',
  integer: 'INTEGER',
  smallint: 'INTEGER',
  bigint: 'INTEGER',
  boolean: 'INTEGER',
  timestamp: 'INTEGER',
  float: 'REAL',
  double: 'REAL',
  decimal: 'DECIMAL',
  char: 'VARCHAR',
  fixedchar: 'CHAR',
  text: 'TEXT',
  uuid: 'TEXT',
  // JSON would have numeric affinity and turn the document "1.0" into the integer 1.
  json: 'TEXT',
  jsonb: 'TEXT',
  datetime: 'DATETIME',
  datetimetz: 'DATETIME',
  date: 'DATE',
  time: 'TIME',
  blob: 'BLOB',
  binaryuuid: 'BLOB',
  any: '',
};

/** A strict table knows only these. */
const STRICT: Readonly<Partial<Record<string, string>>> = {
  decimal: 'REAL',
  char: 'TEXT',
  fixedchar: 'TEXT',
  datetime: 'TEXT',
  datetimetz: 'TEXT',
  date: 'TEXT',
  time: 'TEXT',
  any: 'ANY',
};

/** The name of a type, as a column declares it. */
export function sqliteTypeName(type: ColumnType): string {
  if (type.name === 'decimal') return isWideDecimal(type) ? 'TEXT' : `DECIMAL(${type.precision ?? 10}, ${type.scale ?? 5})`;
  const { length } = type;
  const name = NAMES[type.name as CommonTypeName] as string | undefined;
  if (name === undefined) throw new NotSupportedError(`SQLite has no type "${type.name}"`);
  return length === undefined ? name : `${name}(${length})`;
}

/** The statements of a schema node. */
export function schemaStatements(compiler: Compiler, node: SchemaNode): readonly Statement[] {
  const write = (body: (w: Writer) => void): Statement => schemaStatement(compiler, body);
  switch (node.kind) {
    case 'createTables':
      return node.tables.map((table) => write((w) => createTable(compiler, w, table, node.safe)));
    case 'dropTables':
      if (node.cascade) throw compiler.unsupported('DROP TABLE … CASCADE: drop what depends on the table first');
      return node.tables.map((table) => write((w) => drop(compiler, w, 'TABLE', table, node.safe)));
    case 'truncateTables':
      if (node.cascade) throw compiler.unsupported('TRUNCATE … CASCADE: name the tables that refer to these as well');
      // Keys count from the start again as they are: each is one more than the largest in the table.
      return node.tables.map((table) => write((w) => (w.text += `DELETE FROM ${qualified(compiler, table)}`)));
    case 'createIndex':
      return node.index.optional ? [] : [write((w) => createIndex(compiler, w, node.index, node.safe))];
    case 'dropIndex':
      if (node.concurrently) throw compiler.unsupported('DROP INDEX CONCURRENTLY');
      return [write((w) => drop(compiler, w, 'INDEX', node, node.safe))];
    case 'syncSequence':
      return [];
    case 'createSchema':
    case 'dropSchema':
      throw compiler.unsupported('CREATE SCHEMA: attach another file under that name');
    case 'createSequence':
    case 'dropSequence':
      throw compiler.unsupported('sequences');
  }
}

function createTable(compiler: Compiler, w: Writer, table: TableSchema, safe: boolean): void {
  if (table.unlogged) throw compiler.unsupported(`unlogged tables: "${table.name}" has meta.unlogged`);
  w.text += `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE ${safe ? 'IF NOT EXISTS ' : ''}${qualified(compiler, table)} (`;
  const parts: (() => void)[] = table.columns.map((column) => () => columnDefinition(compiler, w, column, table));
  if (table.primaryKey.length > 0)
    parts.push(() => {
      w.text += 'PRIMARY KEY';
      compiler.names(w, table.primaryKey, ' ');
    });
  for (const { name } of table.uniques ?? []) throw compiler.unsupported(`deferrable unique constraints: "${name}"`);
  for (const constraint of table.constraints) parts.push(() => compiler.expression(w, constraint));
  for (const column of table.columns) {
    const { references } = column;
    if (references) parts.push(() => (w.text += reference(compiler, table, column, references)));
  }
  w.list(parts, ', ', (part) => part());
  w.text += ')';
  const options = [table.withoutRowid ? 'WITHOUT ROWID' : '', table.strict ? 'STRICT' : ''].filter((option) => option !== '');
  if (options.length > 0) w.text += ` ${options.join(', ')}`;
  tableSettings(compiler, w, table);
}

function columnDefinition(compiler: Compiler, w: Writer, column: ColumnSchema, table: TableSchema): void {
  const strict = table.strict ? STRICT[column.type.name] : undefined;
  const type =
    strict !== undefined && !(column.type.name === 'decimal' && isWideDecimal(column.type))
      ? strict
      : sqliteTypeName(column.type);
  w.text += compiler.quote(column.name);
  if (type !== '') w.text += ` ${type}`;
  if (!column.null) w.text += ' NOT NULL';
  if (column.primaryKey) {
    requireKey(compiler, column, table);
    w.text += ' PRIMARY KEY';
  }
  if (column.unique) w.text += ' UNIQUE';
  if (column.collation !== undefined) w.text += ` COLLATE ${compiler.quote(column.collation)}`;
  columnConstraints(compiler, w, column);
}

/** Refuses what SQLite cannot do with a key it counts up. */
function requireKey(compiler: Compiler, { name, type, sequence, generateAlways }: ColumnSchema, table: TableSchema): void {
  if (type.name !== 'auto' && type.name !== 'bigauto') return;
  if (sequence !== undefined) throw compiler.unsupported(`sequences: "${table.name}"."${name}" counts with "${sequence}"`);
  if (generateAlways) throw compiler.unsupported(`keys that are generated ALWAYS: "${table.name}"."${name}"`);
  if (!table.withoutRowid) return;
  throw new ImproperlyConfigured(`The table "${table.name}" is WITHOUT ROWID: SQLite cannot make values for its key "${name}"`);
}

function reference(compiler: Compiler, table: TableSchema, { name }: ColumnSchema, to: ForeignKeySchema): string {
  const { schema, ...local } = to;
  // SQLite looks for the other table in the schema of this one, and takes no other name for it.
  if (schema !== undefined && schema !== (table.schema ?? 'main'))
    throw compiler.unsupported(`foreign keys into another schema: "${table.name}"."${name}" refers to "${schema}"."${to.table}"`);
  return foreignKey(compiler, name, local);
}

function createIndex(compiler: Compiler, w: Writer, index: IndexSchema, safe: boolean): void {
  requireIndex(compiler, index);
  w.text += `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${safe ? 'IF NOT EXISTS ' : ''}${qualified(compiler, index)}`;
  // An index lives in the schema of its table and names that without a schema.
  w.text += ` ON ${compiler.quote(index.table)} (`;
  compiler.expressions(w, index.on);
  w.text += ')';
  compiler.where(w, index.where);
}

/** Refuses what SQLite's indexes, b-trees all, do not know. */
function requireIndex(
  compiler: Compiler,
  { name, using = 'btree', opclasses, include, nullsDistinct, concurrently }: IndexSchema,
): void {
  const of = `: "${name}"`;
  if (using.toLowerCase() !== 'btree') throw compiler.unsupported(`indexes of the type ${using}${of}`);
  if (opclasses?.some((opclass) => opclass !== undefined)) throw compiler.unsupported(`operator classes of indexes${of}`);
  if (include && include.length > 0) throw compiler.unsupported(`indexes that INCLUDE columns${of}`);
  if (nullsDistinct === false) throw compiler.unsupported(`NULLS NOT DISTINCT in unique indexes${of}`);
  if (concurrently) throw compiler.unsupported(`CREATE INDEX CONCURRENTLY${of}`);
}

function drop(compiler: Compiler, w: Writer, what: 'TABLE' | 'INDEX', name: QualifiedName, safe: boolean): void {
  w.text += `DROP ${what} ${safe ? 'IF EXISTS ' : ''}${qualified(compiler, name)}`;
}
