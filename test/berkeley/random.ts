/** Chance that is the same each time, and what SQL is made of by it. */

/** Whole numbers below a limit, the same for the same seed. */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function oneOf<T>(random: Random, ...choices: readonly [T, ...T[]]): T {
  return choices[random(choices.length)]!;
}

/** A text literal of this many characters, which compresses to nothing shorter in any key. */
export function textLiteral(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random(0xffffff).toString(36);
  return `'${text.slice(0, length)}'`;
}

/** A blob literal of this many bytes. */
export function blobLiteral(random: Random, length: number): string {
  let hex = '';
  while (hex.length < length * 2) hex += (random(0xffffff) + 0x1000000).toString(16).slice(1);
  return `x'${hex.slice(0, length * 2)}'`;
}

/** Any value: numbers of all widths, reals that are whole and that are not, texts and blobs from none to `longest`. */
export function literal(random: Random, longest = 400): string {
  switch (random(12)) {
    case 0:
      return 'null';
    case 1:
      return String(random(3));
    case 2:
      return String(random(512) - 256);
    case 3:
      return String((BigInt(random(1 << 30)) << BigInt(random(34))) * (random(2) === 0 ? 1n : -1n));
    case 4:
      return `${random(10)}.0`;
    case 5:
      return `${random(2) === 0 ? '-' : ''}${random(1 << 20)}.${1 + random(999)}e${random(40) - 20}`;
    case 6:
      return blobLiteral(random, random(20));
    case 7:
      return blobLiteral(random, random(longest));
    case 8:
      return textLiteral(random, random(longest));
    case 9:
      return oneOf(random, "''", "'a'", "'A'", "'a '", "'ab'", "'Ünï'", "'漢字'", "'😀'", "x''", "'1'", "'1.0'");
    default:
      return textLiteral(random, 1 + random(12));
  }
}

/** The statements as one transaction. */
function together(statements: readonly string[]): string[] {
  return ['begin', ...statements, 'commit'];
}

/** What `make` says for each number from 0 on, as one transaction. */
export function each(count: number, make: (i: number) => string): string[] {
  return together(Array.from({ length: count }, (_, i) => make(i)));
}
