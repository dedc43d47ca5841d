/** Many rows in one statement: each column is one parameter, an array. */

import type { InsertNode } from '../../ast/expression.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { DriverValue, Statement } from '../../wire/statement.ts';
import { boundRows, type InsertParts, type InsertValues, insert, insertValues } from '../insert-statements.ts';
import type { Writer } from '../writer.ts';
import { arrayText } from './array-param.ts';
import { castOf, isLarge } from './cast.ts';

/** Of the values of one statement, in characters: the engine holds them several times over. */
const MAX_TEXT = 4 * 1024 * 1024;

/** One column of encoded values, and the type of the array they make. */
interface Column {
  readonly type: ColumnType;
  readonly cast: string;
  readonly values: readonly DriverValue[];
}

/**
 * `INSERT … SELECT … FROM unnest(…)`: one text for the engine to prepare, however many rows. Columns whose types are not known
 * take the slower way of one statement run for each row, since an array has to say its type.
 */
export function bulkInsert(compiler: InsertParts, node: InsertNode, source: InsertValues): readonly Statement[] {
  if (source.length < 2 || node.columns.some(({ type }) => type === undefined || type.name === 'any'))
    return insertValues(compiler, node, source);
  const columns = node.columns.map(({ type }, at) => columnOf(compiler, type as ColumnType, source.columns[at] ?? []));
  if (mayMeetTwice(node, columns)) {
    // One statement may not change the same row twice; one for each row may.
    return node.returning.length > 0 ? boundRows(compiler, node, 1) : insertValues(compiler, node, source);
  }
  return slices(columns, source.length).map(([from, to]) =>
    compiler.statement('write', (w) => insert(compiler, w, node, () => unnested(w, columns, from, to))),
  );
}

function columnOf(compiler: InsertParts, type: ColumnType, values: readonly unknown[]): Column {
  const encoded = values.map((value) => compiler.encode(value, type));
  // An array of arrays would come apart altogether: they go as their texts.
  const cast = type.name === 'array' ? 'text' : castOf(null, type);
  return { type, cast: cast === 'integer' && encoded.some(isLarge) ? 'bigint' : cast, values: encoded };
}

function unnested(w: Writer, columns: readonly Column[], from: number, to: number): void {
  const names = columns.map((_, at) => `c${at + 1}`);
  const selected = columns.map(({ type }, at) => (type.name === 'array' ? `${names[at]}::${castOf(null, type)}` : names[at]));
  w.text += ` SELECT ${selected.join(', ')} FROM unnest(`;
  w.list(columns, ', ', ({ cast, values }) => {
    w.text += `$${w.params.push(arrayText(values.slice(from, to)))}::${cast}[]`;
  });
  w.text += `) AS v(${names.join(', ')})`;
}

/** Whether two of the rows may be the same to the constraint that an update is meant for. */
function mayMeetTwice({ onConflict, columns: targets }: InsertNode, columns: readonly Column[]): boolean {
  if (onConflict?.action !== 'update') return false;
  const at = onConflict.target.map((one) => (one.kind === 'column' ? targets.findIndex(({ name }) => name === one.name) : -1));
  if (at.length === 0 || at.includes(-1)) return true;
  const seen = new Set<string>();
  for (let row = 0; row < (columns[0]?.values.length ?? 0); row++) {
    const key = at.map((index) => columns[index]?.values[row] ?? null);
    // Null is the same as nothing else.
    if (!key.includes(null)) {
      const text = key.map(String).join('\0').toLowerCase();
      if (seen.has(text)) return true;
      seen.add(text);
    }
  }
  return false;
}

/** Rows in portions that are not too long. */
function slices(columns: readonly Column[], length: number): (readonly [from: number, to: number])[] {
  const out: (readonly [number, number])[] = [];
  let from = 0;
  let size = 0;
  for (let row = 0; row < length; row++) {
    for (const { values } of columns) size += lengthOf(values[row] as DriverValue);
    if (size >= MAX_TEXT || row === length - 1) {
      out.push([from, row + 1]);
      from = row + 1;
      size = 0;
    }
  }
  return out;
}

function lengthOf(value: DriverValue): number {
  if (typeof value === 'string') return value.length + 3;
  return value instanceof Uint8Array ? value.length * 2 + 6 : 8;
}
