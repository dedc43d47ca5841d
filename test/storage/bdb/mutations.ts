/** Damage done to files, the same for the same seed. */

/** Offsets of what pages say of themselves, where damage does most: page headers, the first slots, meta pages. */
const FIELDS = [8, 12, 14, 16, 20, 22, 24, 25, 26, 28, 30, 32, 34, 40, 48, 52, 76, 88];
/** Values that are on the edge of something. */
const EDGES = [0, 1, 2, 3, 5, 7, 9, 12, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

/** A source of integers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** The bytes with one to four kinds of damage; the bytes themselves are left as they are. */
export function mutated(bytes: Uint8Array, pageSize: number, random: Random): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let count = 1 + random(4); count > 0; count--) result = DAMAGES[random(DAMAGES.length)]!(result, pageSize, random);
  return result;
}

type Damage = (bytes: Uint8Array, pageSize: number, random: Random) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  function flipBit(bytes, _pageSize, random) {
    if (bytes.length > 0) bytes[random(bytes.length)]! ^= 1 << random(8);
    return bytes;
  },
  function setField(bytes, pageSize, random) {
    put(bytes, somePage(bytes, pageSize, random) + FIELDS[random(FIELDS.length)]!, EDGES[random(EDGES.length)]!, 1 << random(3));
    return bytes;
  },
  function setFieldToPage(bytes, pageSize, random) {
    const page = random(Math.ceil(bytes.length / pageSize) + 1);
    put(bytes, somePage(bytes, pageSize, random) + FIELDS[random(FIELDS.length)]!, page, 4);
    return bytes;
  },
  function changeSlots(bytes, pageSize, random) {
    const page = somePage(bytes, pageSize, random);
    for (let count = 1 + random(4); count > 0; count--) put(bytes, page + 26 + 2 * random(40), random(pageSize + 8), 2);
    return bytes;
  },
  function changeItem(bytes, pageSize, random) {
    const page = somePage(bytes, pageSize, random);
    const slot = page + 26 + 2 * random(20);
    const item = page + ((bytes[slot] ?? 0) | ((bytes[slot + 1] ?? 0) << 8));
    put(bytes, item + random(12), EDGES[random(EDGES.length)]!, 1 << random(3));
    return bytes;
  },
  function fillRange(bytes, pageSize, random) {
    const at = random(bytes.length + 1);
    const value = random(2) === 0 ? 0 : random(256);
    bytes.fill(value, at, at + random(2 * pageSize));
    return bytes;
  },
  function scramble(bytes, _pageSize, random) {
    const at = random(bytes.length + 1);
    for (let index = at; index < Math.min(bytes.length, at + random(64)); index++) bytes[index] = random(256);
    return bytes;
  },
  function copyPage(bytes, pageSize, random) {
    const from = somePage(bytes, pageSize, random);
    const to = somePage(bytes, pageSize, random);
    const number = Math.floor(to / pageSize);
    bytes.copyWithin(to, from, from + pageSize);
    // A page that says that it is another is found at once: so it says that it is itself.
    if (random(2) === 0) put(bytes, to + 8, number, 4);
    return bytes;
  },
  function cut(bytes, pageSize, random) {
    if (random(4) > 0) return bytes.slice(0, pageSize * random(Math.ceil(bytes.length / pageSize) + 1));
    return bytes.slice(0, random(bytes.length + 1));
  },
  function append(bytes, pageSize, random) {
    const longer = new Uint8Array(bytes.length + (random(2) === 0 ? pageSize : random(2 * pageSize)));
    longer.set(bytes);
    return longer;
  },
];

function somePage(bytes: Uint8Array, pageSize: number, random: Random): number {
  const count = Math.max(1, Math.floor(bytes.length / pageSize));
  // The first pages lead to all others.
  return pageSize * random(random(3) === 0 ? Math.min(8, count) : count);
}

function put(bytes: Uint8Array, at: number, value: number, width: number): void {
  for (let index = 0; index < width && at + index < bytes.length; index++) bytes[at + index] = value >>> (8 * index);
}
