/** INSERT of one row, of many with a prepared statement, of many with their new rows returned. */
import type { Expression, QueryNode } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';
import type { InsertNode, InsertSource } from '../ast/write.ts';
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
  switch (source.kind) {
    case 'defaults':
      return [whole(compiler, node, (w) => (w.text += ' DEFAULT VALUES'))];
    case 'query':
      return [
        compiler.statement('write', (w) => {
          compiler.insertHead(w, node);
          compiler.insertQuery(w, node, source.query);
          compiler.returning(w, node.returning);
        }),
      ];
    case 'rows':
      return chunks(source.rows.length, rowsPerStatement(compiler, node)).map(([from, to]) =>
        whole(compiler, node, (w) => {
          w.text += ' VALUES ';
          compiler.assignedRows(w, source.rows.slice(from, to));
        }),
      );
    case 'values':
      return compiler.insertValues(node, source);
  }
}

/** One statement run for each row, unless the rows shall come back: then as few as can bind all the values. */
export function insertValues(compiler: InsertParts, node: InsertNode, source: InsertValues): readonly Statement[] {
  if (source.length === 0) return [];
  if (source.length > 1 && node.returning.length === 0) return [prepared(compiler, node, source)];
  return boundRows(compiler, node, source, rowsPerStatement(compiler, node));
}

/** An INSERT whose rows `body` writes. */
export function whole(compiler: InsertParts, node: InsertNode, body: (w: Writer) => void): Statement {
  return compiler.statement('write', (w) => {
    compiler.insertHead(w, node);
    body(w);
    compiler.conflict(w, node.onConflict);
    compiler.returning(w, node.returning);
  });
}

/** One row's INSERT, to be run once per row of the encoded columns. */
function prepared(compiler: InsertParts, node: InsertNode, source: InsertValues): Statement {
  const data = source.columns.map((values, at) => encodeColumn(compiler, values, node.columns[at]?.type));
  const w = new Writer();
  compiler.insertHead(w, node);
  w.text += ' VALUES (';
  w.list(node.columns, ', ', (column) => {
    const at = w.params.push(null);
    w.text += compiler.manyPlaceholder(at, data[at - 1] as ColumnData, column.type);
  });
  w.text += ')';
  // What follows the row may bind values too: they are the same for every row.
  const own = w.params.length;
  compiler.conflict(w, node.onConflict);
  const fixed = w.params.slice(own).map((value) => new Array<DriverValue>(source.length).fill(value));
  return compiler.checked({ sql: w.text, mode: 'write', many: { length: source.length, data: [...data, ...fixed] } });
}

/** Statements that insert `size` rows each. */
export function boundRows(compiler: InsertParts, node: InsertNode, source: InsertValues, size: number): Statement[] {
  return chunks(source.length, size).map(([from, to]) =>
    whole(compiler, node, (w) => {
      w.text += ' VALUES ';
      for (let row = from; row < to; row++) {
        w.text += row > from ? ', (' : '(';
        node.columns.forEach(({ type }, at) => {
          if (at > 0) w.text += ', ';
          compiler.bind(w, compiler.encode(source.columns[at]?.[row], type), type);
        });
        w.text += ')';
      }
    }),
  );
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
