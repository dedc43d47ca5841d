/** Puts the entries of an index, as SQLite has them, into the order of Berkeley DB SQL. */
import type { Entry, TreeOrder } from '../content.ts';
import { compareBytes } from '../read/order.ts';
import { numberAt, serialLength, varintAt, varintLength } from '../read/record.ts';

/** Integers up to here are the same as doubles. */
const MOST_EXACT = 2 ** 53;

/**
 * The entries in order. With `sorted` they have it as they come, so that few are held, but for two things: rowids of one key
 * are sorted as bytes, which puts negative ones elsewhere; and SQLite 3.7 compares an integer with a real as doubles.
 */
export function* inOrder(entries: Iterable<Entry>, order: TreeOrder, sorted: boolean): Generator<Entry> {
  const compare = (a: Entry, b: Entry): number => order.compare(a.key, b.key) || compareBytes(a.data, b.data);
  let held: Entry[] = [];
  let holdsAll = !sorted;
  let last: Entry | null = null;
  for (const entry of entries) {
    // What came before a large number comes before it in either order.
    holdsAll ||= hasLargeNumber(entry.key);
    if (held.length > 0 && !holdsAll && order.compare(last!.key, entry.key) !== 0) {
      yield* held.sort(compare);
      held = [];
    }
    // In SQLite's order the negative rowids of a key are the first.
    if (holdsAll || held.length > 0 || (entry.data[1]! & 0x80) !== 0) held.push(entry);
    else yield entry;
    last = entry;
  }
  yield* held.sort(compare);
}

function hasLargeNumber(key: Uint8Array): boolean {
  const end = varintAt(key, 0);
  let body = end;
  for (let at = varintLength(key, 0); at < end; at += varintLength(key, at)) {
    const type = varintAt(key, at);
    if ((type === 6 || type === 7) && Math.abs(numberAt(key, body, type)) >= MOST_EXACT) return true;
    body += serialLength(type);
  }
  return false;
}
