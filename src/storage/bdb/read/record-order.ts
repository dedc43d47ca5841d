/** Compares index records the way SQLite 3.7 does: column by column, NULL, numbers, text by its collation, blobs. */
import { type Collation, collationFor } from './collation.ts';
import { numberAt, serialLength, varintAt, varintLength, word } from './record.ts';

/**
 * A comparison of whole records for columns with these collations; further columns are BINARY and ascending.
 * It ends, without an exception, on bytes that are not records as well.
 */
export function compareRecords(
  collations: readonly string[],
  descending: readonly boolean[],
  encoding: number,
): (a: Uint8Array, b: Uint8Array) => number {
  const compareText = collations.map((name) => collationFor(name, encoding));
  return (a, b) => {
    const endA = Math.min(varintAt(a, 0), a.length);
    const endB = Math.min(varintAt(b, 0), b.length);
    let atA = varintLength(a, 0);
    let atB = varintLength(b, 0);
    let bodyA = endA;
    let bodyB = endB;
    for (let column = 0; atA < endA && atB < endB; column++) {
      const typeA = varintAt(a, atA);
      const typeB = varintAt(b, atB);
      const difference = compareValues(a, bodyA, typeA, b, bodyB, typeB, compareText[column] ?? null);
      if (difference !== 0) return descending[column] === true ? -difference : difference;
      bodyA += serialLength(typeA);
      bodyB += serialLength(typeB);
      atA += varintLength(a, atA);
      atB += varintLength(b, atB);
    }
    // The one that has columns left comes behind the other.
    return endA - atA - (endB - atB);
  };
}

/** NULL, numbers, text, blobs. */
function rank(type: number): number {
  if (type >= 12) return 3 - (type % 2);
  return type === 0 || type >= 10 ? 0 : 1;
}

function compareValues(
  a: Uint8Array,
  atA: number,
  typeA: number,
  b: Uint8Array,
  atB: number,
  typeB: number,
  compareText: Collation | null,
): number {
  const rankA = rank(typeA);
  const difference = rankA - rank(typeB);
  if (difference !== 0 || rankA === 0) return difference;
  if (rankA === 1) return typeA === 6 && typeB === 6 ? compareWide(a, atA, b, atB) : compareNumbers(a, atA, typeA, b, atB, typeB);
  const lengthA = Math.min(serialLength(typeA), Math.max(0, a.length - atA));
  const lengthB = Math.min(serialLength(typeB), Math.max(0, b.length - atB));
  if (rankA === 2 && compareText !== null) return compareText(a.subarray(atA, atA + lengthA), b.subarray(atB, atB + lengthB));
  const length = Math.min(lengthA, lengthB);
  for (let index = 0; index < length; index++) {
    const step = a[atA + index]! - b[atB + index]!;
    if (step !== 0) return step;
  }
  return lengthA - lengthB;
}

/** As doubles, which is exact but for two integers of eight bytes: of any other two one is below 2⁵³, or SQLite 3.7 itself compares doubles. */
function compareNumbers(a: Uint8Array, atA: number, typeA: number, b: Uint8Array, atB: number, typeB: number): number {
  const left = numberAt(a, atA, typeA);
  const right = numberAt(b, atB, typeB);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareWide(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  return word(a, atA) - word(b, atB) || (word(a, atA + 4) >>> 0) - (word(b, atB + 4) >>> 0);
}
