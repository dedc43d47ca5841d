/** Columns on their way between threads: numbers are transferred, strings cloned, and a caller's own buffers left alone. */
import type { ColumnData, Columns, DriverValue, Rows } from '../wire/statement.ts';

/** Below this a clone is cheaper than a transfer, in bytes. */
const WORTH_TRANSFER = 1024;

/** Adds the buffers of a result that can be handed over to `transfer`. A result belongs to whoever receives it. */
export function handOver(rows: Rows, transfer: Transferable[]): void {
  for (const column of rows.data as readonly (ColumnData | ArrayBuffer)[]) {
    if (column instanceof ArrayBuffer) transfer.push(column);
    else if (column instanceof Float64Array && column.byteLength >= WORTH_TRANSFER && ownsBuffer(column))
      transfer.push(column.buffer);
  }
}

/** Columns that may be transferred: copies, since the caller goes on using the ones it passed. */
export function packColumns(columns: Columns, transfer: Transferable[]): Columns {
  const data = columns.data.map((column) => {
    const packed = numbers(column);
    if (packed && packed.byteLength >= WORTH_TRANSFER) transfer.push(packed.buffer);
    return packed ?? column;
  });
  return { length: columns.length, data };
}

/** A column of nothing but numbers as a typed array of its own. */
function numbers(column: ColumnData): Float64Array<ArrayBuffer> | null {
  if (column instanceof Float64Array) return new Float64Array(column);
  return column.every(isNumber) ? Float64Array.from(column) : null;
}

function isNumber(value: DriverValue): value is number {
  return typeof value === 'number';
}

function ownsBuffer(column: Float64Array): column is Float64Array<ArrayBuffer> {
  return column.buffer instanceof ArrayBuffer && column.buffer.byteLength === column.byteLength;
}
