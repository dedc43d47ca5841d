/** The order of a table's rows by one column: null last, equal values as they were. */
import type { Table } from './table.ts';

export function sortedOrder(table: Table, column: number, down: boolean): Int32Array {
  const values = Array.from({ length: table.length }, (_, row) => comparable(table.cell(row, column)));
  const sign = down ? -1 : 1;
  return Int32Array.from(values.keys()).sort((a, b) => {
    const left = values[a]!;
    const right = values[b]!;
    if (left === right) return a - b;
    if (left === null) return 1;
    if (right === null) return -1;
    return (left < right ? -1 : 1) * sign || a - b;
  });
}

function comparable(value: unknown): number | bigint | string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value;
  return JSON.stringify(value);
}
