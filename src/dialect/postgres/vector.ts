/** Vectors as the text pgvector writes and reads: `[1,2.5,-3]`. */
import type { ColumnType } from '../../ast/type.ts';
import { DataError } from '../../errors.ts';

/** Writes numbers, as many as the type has. @throws DataError for anything else */
export function vectorText(value: unknown, { dimensions }: ColumnType): string {
  const numbers: readonly unknown[] = value instanceof Float32Array ? Array.from(value) : Array.isArray(value) ? value : [];
  if (numbers.length === 0 || !numbers.every(Number.isFinite)) throw new DataError('Expected an array of finite numbers');
  if (dimensions !== undefined && numbers.length !== dimensions)
    throw new DataError(`Expected ${dimensions} numbers, got ${numbers.length}`);
  return `[${numbers.join(',')}]`;
}

/** Reads what pgvector wrote. */
export function parseVector(text: string): number[] {
  return JSON.parse(text) as number[];
}
