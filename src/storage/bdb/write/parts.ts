/** Divides what was on one page among as many pages as it needs now. */

/**
 * Consecutive parts of `all`, none bigger than `room`.
 *
 * @param isPacked each part as big as can be, for what grows at its end; otherwise all about the same, to leave room between
 */
export function parts<T>(all: readonly T[], sizeOf: (one: T) => number, room: number, isPacked: boolean): T[][] {
  const total = all.reduce((sum, one) => sum + sizeOf(one), 0);
  if (total <= room) return all.length === 0 ? [] : [all.slice()];
  const wanted = isPacked ? room : Math.ceil(total / Math.ceil(total / room));
  const result: T[][] = [];
  let part: T[] = [];
  let size = 0;
  for (const one of all) {
    const more = sizeOf(one);
    if (part.length > 0 && (size >= wanted || size + more > room)) {
      result.push(part);
      part = [];
      size = 0;
    }
    part.push(one);
    size += more;
  }
  // A page of its own for one alone would be a waste.
  const before = result.at(-1)!;
  if (part.length === 1 && before.length > 2) part.unshift(before.pop()!);
  result.push(part);
  return result;
}
