/** How much of an operation is done when a disk stops in it. */

const TEARS: readonly ((bytes: number) => number)[] = [
  () => 0,
  // A part of a record's head, and its head.
  () => 5,
  () => 40,
  (bytes) => bytes >> 1,
  (bytes) => bytes - 1,
  (bytes) => bytes,
];

/** The bytes of `bytes` that are written when operation `stop` is the last: for each another part, from none to all. */
export function tearOf(stop: number, bytes: number): number {
  return TEARS[stop % TEARS.length]!(bytes);
}
