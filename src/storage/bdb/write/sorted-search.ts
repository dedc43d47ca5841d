/** Finds a place in what is sorted. */

/** The first of `from` … `to` for which `isBehind` holds, or `to`; it holds for all behind one for which it does. */
export function firstWhere(from: number, to: number, isBehind: (index: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
