/** Tables and indexes as SQLite creates and drops them. */
import type { Node } from '../../ast/node.ts';
import type { ColumnSchema, ForeignKeySchema, IndexSchema, TableSchema } from '../../ast/schema.ts';
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { ImproperlyConfigured, NotSupportedError } from '../../errors.ts';
import type { Statement } from '../../wire/statement.ts';
import type { Compiler } from '../compiler.ts';
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

/** The statement of a schema node. */
export function schemaStatements(compiler: Compiler, node: Node): readonly Statement[] {
  const write = (body: (w: Writer) => void): Statement[] => {
    const statement = compiler.statement('write', (w) => {
      w.literals = true;
      w.qualified = false;
      body(w);
    });
    return [statement];
  };
  switch (node.kind) {
    case 'createTable':
      return write((w) => createTable(compiler, w, node.table, node.safe));
    case 'createIndex':
      return write((w) => createIndex(compiler, w, node.index, node.safe));
    case 'dropTable':
      if (node.cascade) throw compiler.unsupported('DROP TABLE … CASCADE: drop what depends on the table first');
      return write((w) => drop(compiler, w, 'TABLE', node));
    case 'dropIndex':
      return write((w) => drop(compiler, w, 'INDEX', node));
    case 'truncateTable':
      return write((w) => (w.text += `DELETE FROM ${qualified(compiler, node)}`));
    default:
      throw compiler.unsupported(`statement "${node.kind}"`);
  }
}

function createTable(compiler: Compiler, w: Writer, table: TableSchema, safe: boolean): void {
  w.text += `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE ${safe ? 'IF NOT EXISTS ' : ''}${qualified(compiler, table)} (`;
  const parts: (() => void)[] = table.columns.map((column) => () => columnDefinition(compiler, w, column, table));
  if (table.primaryKey.length > 0)
    parts.push(() => {
      w.text += 'PRIMARY KEY';
      compiler.names(w, table.primaryKey, ' ');
    });
  for (const constraint of table.constraints) parts.push(() => compiler.expression(w, constraint));
  for (const { name, references } of table.columns) {
    if (references) parts.push(() => foreignKey(compiler, w, name, references));
  }
  w.list(parts, ', ', (part) => part());
  w.text += ')';
  const options = [table.withoutRowid ? 'WITHOUT ROWID' : '', table.strict ? 'STRICT' : ''].filter((option) => option !== '');
  if (options.length > 0) w.text += ` ${options.join(', ')}`;
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
    if (isAuto(column.type) && table.withoutRowid) {
      throw new ImproperlyConfigured(
        `The table "${table.name}" is WITHOUT ROWID: SQLite cannot make values for its key "${column.name}"`,
      );
    }
    w.text += ' PRIMARY KEY';
  }
  if (column.unique) w.text += ' UNIQUE';
  if (column.collation !== undefined) w.text += ` COLLATE ${compiler.quote(column.collation)}`;
  for (const constraint of column.constraints) {
    w.text += ' ';
    compiler.expression(w, constraint);
  }
}

function isAuto(type: ColumnType): boolean {
  return type.name === 'auto' || type.name === 'bigauto';
}

function foreignKey(compiler: Compiler, w: Writer, column: string, to: ForeignKeySchema): void {
  if (to.constraintName !== undefined) w.text += `CONSTRAINT ${compiler.quote(to.constraintName)} `;
  w.text += `FOREIGN KEY (${compiler.quote(column)}) REFERENCES ${compiler.quote(to.table)} (${compiler.quote(to.column)})`;
  if (to.onDelete) w.text += ` ON DELETE ${to.onDelete}`;
  if (to.onUpdate) w.text += ` ON UPDATE ${to.onUpdate}`;
  if (to.deferrable) w.text += ` DEFERRABLE ${to.deferrable}`;
}

function createIndex(compiler: Compiler, w: Writer, index: IndexSchema, safe: boolean): void {
  w.text += `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${safe ? 'IF NOT EXISTS ' : ''}${qualified(compiler, index)}`;
  // An index lives in the schema of its table and names that without a schema.
  w.text += ` ON ${compiler.quote(index.table)} (`;
  compiler.expressions(w, index.on);
  w.text += ')';
  compiler.where(w, index.where);
}

function drop(compiler: Compiler, w: Writer, what: 'TABLE' | 'INDEX', node: Named & { readonly safe: boolean }): void {
  w.text += `DROP ${what} ${node.safe ? 'IF EXISTS ' : ''}${qualified(compiler, node)}`;
}

interface Named {
  readonly name: string;
  readonly schema?: string | undefined;
}

function qualified(compiler: Compiler, { name, schema }: Named): string {
  return schema === undefined ? compiler.quote(name) : `${compiler.quote(schema)}.${compiler.quote(name)}`;
}
