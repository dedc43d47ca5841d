/** INSERT of one row, of many with a prepared statement, of many with their new rows returned. */
import type { Expression, InsertNode, InsertSource, QueryNode } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';
import type { ColumnData, DriverValue, Mode, Statement } from '../wire/statement.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { Writer } from './writer.ts';

/** The parts of a compiler that inserts are made of. */
export interface InsertParts extends ExpressionCompiler {
  insertHead(w: Writer, node: InsertNode): void;
  insertQuery(w: Writer, node: InsertNode, query: QueryNode): void;
  insertValues(node: InsertNode, source: InsertValues): readonly Statement[];
  assignedRows(w: Writer, rows: readonly (readonly Expression[])[]): void;
  conflict(w: Writer, node: InsertNode['onConflict']): void;
  returning(w: Writer, columns: readonly Expression[]): void;
  manyPlaceholder(index: number, values: ColumnData, type: ColumnType | undefined): string;
  statement(mode: Mode, body: (w: Writer) => void): Statement;
  checked(statement: Statement): Statement;
}

/** Plain values, column by column. */
export type InsertValues = Extract<InsertSource, { kind: 'values' }>;

/** None for no rows; several when one cannot bind all the values. */
export function insertStatements(compiler: InsertParts, node: InsertNode): readonly Statement[] {
  const { source } = node;
  return source.kind === 'values'
    ? compiler.insertValues(node, source)
    : boundRows(compiler, node, rowsPerStatement(compiler, node));
}

/** One statement run for each row, unless the rows shall come back: then as few as can bind all the values. */
export function insertValues(compiler: InsertParts, node: InsertNode, source: InsertValues): readonly Statement[] {
  if (source.length === 0) return [];
  if (source.length > 1 && node.returning.length === 0) return [prepared(compiler, node, source)];
  return boundRows(compiler, node, rowsPerStatement(compiler, node));
}

/** Statements that insert `size` rows each. */
export function boundRows(compiler: InsertParts, node: InsertNode, size: number): Statement[] {
  return chunks(rowsOf(node), size).map(([from, to]) =>
    compiler.statement('write', (w) => insert(compiler, w, node, () => boundValues(compiler, w, node, from, to))),
  );
}

/** An insert as a part of a statement, all of its rows at once. */
export function insertAtOnce(compiler: InsertParts, w: Writer, node: InsertNode): void {
  insert(compiler, w, node, () => boundValues(compiler, w, node, 0, rowsOf(node)));
}

/** An INSERT whose rows `body` writes. */
export function insert(compiler: InsertParts, w: Writer, node: InsertNode, body: () => void): void {
  compiler.insertHead(w, node);
  body();
  compiler.conflict(w, node.onConflict);
  compiler.returning(w, node.returning);
}

/** One row's INSERT, to be run once per row of the encoded columns. */
function prepared(compiler: InsertParts, node: InsertNode, source: InsertValues): Statement {
  const data = source.columns.map((values, at) => encodeColumn(compiler, values, node.columns[at]?.type));
  const w = new Writer();
  compiler.insertHead(w, node);
  const before = w.params.length;
  w.text += ' VALUES (';
  w.list(node.columns, ', ', ({ type }) => {
    const at = w.params.push(null);
    w.text += compiler.manyPlaceholder(at, data[at - before - 1] as ColumnData, type);
  });
  w.text += ')';
  compiler.conflict(w, node.onConflict);
  // What stands before the row and behind it may bind values too: they are the same for every row.
  const all = w.params.map((value, at) => data[at - before] ?? new Array<DriverValue>(source.length).fill(value));
  return compiler.checked({ sql: w.text, mode: 'write', many: { length: source.length, data: all } });
}

/** The rows from one up to another. */
function boundValues(compiler: InsertParts, w: Writer, node: InsertNode, from: number, to: number): void {
  const { columns, source } = node;
  if (source.kind === 'defaults') w.text += ' DEFAULT VALUES';
  else if (source.kind === 'query') compiler.insertQuery(w, node, source.query);
  else if (source.kind === 'rows') {
    w.text += ' VALUES ';
    compiler.assignedRows(w, source.rows.slice(from, to));
  } else {
    w.text += ' VALUES ';
    for (let row = from; row < to; row++) {
      w.text += row > from ? ', (' : '(';
      columns.forEach(({ type }, at) => {
        if (at > 0) w.text += ', ';
        compiler.bind(w, compiler.encode(source.columns[at]?.[row], type), type);
      });
      w.text += ')';
    }
  }
}

function rowsOf({ source }: InsertNode): number {
  return source.kind === 'values' ? source.length : source.kind === 'rows' ? source.rows.length : 1;
}

function rowsPerStatement(compiler: InsertParts, node: InsertNode): number {
  // Half, because what follows the rows may bind values too.
  return Math.max(1, Math.floor(compiler.can.maxParams / 2 / Math.max(1, node.columns.length)));
}

function chunks(length: number, size: number): (readonly [from: number, to: number])[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, at) => [at * size, Math.min(length, (at + 1) * size)] as const);
}

/** Numbers without nulls go into one typed array, which threads can hand over without copying. */
function encodeColumn(compiler: InsertParts, values: readonly unknown[], type: ColumnType | undefined): ColumnData {
  const out: DriverValue[] = new Array(values.length);
  let numbers = true;
  for (let at = 0; at < values.length; at++) {
    const value = compiler.encode(values[at], type);
    if (numbers && typeof value !== 'number') numbers = false;
    out[at] = value;
  }
  return numbers ? Float64Array.from(out as number[]) : out;
}
