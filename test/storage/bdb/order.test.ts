/** Keys are compared the way Berkeley DB SQL does: indexes that it made of difficult values are in our order, too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOrder, compareBytes, indexOrder, rowidOrder, splitsRowid } from '../../../src/storage/bdb/read/order.ts';
import { decodeRecord } from '../../../src/storage/bdb/read/record.ts';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { genuineBytes, openGenuine } from './genuine.ts';
import { indexOrdersOf } from './index-orders.ts';
import type { Random } from './mutations.ts';
import { randomFrom } from './random.ts';

const ENCODINGS = ['UTF-8', 'UTF-16le', 'UTF-16be'];
const NUMBERS = [
  ...['0', '0.0', '-0.0', '1', '1.0', '-1', '127', '128', '-128', '-129', '32767', '-32768', '8388607', '-8388608', '2147483648'],
  ...['140737488355327', '-140737488355328', '9007199254740991', '9007199254740992', '9007199254740993', '9007199254740992.0'],
  ...['9007199254740994', '-9007199254740993', '-9007199254740992.0', '9223372036854775807', '-9223372036854775808'],
  ...[
    '9223372036854774784',
    '9223372036854775808.0',
    '9e999',
    '-9e999',
    '5e-324',
    '-5e-324',
    '1.5',
    '-1.5',
    '0.1',
    '1e15',
    '1e300',
  ],
];
/** Bytes of text: ASCII on both sides of the letters, letters, NUL, two, three and four bytes long, what is not UTF-8, surrogates. */
const PIECES: Readonly<Record<string, readonly string[]>> = {
  'UTF-8': [
    '00',
    '20',
    '40',
    '41',
    '5a',
    '5b',
    '60',
    '61',
    '7a',
    '7b',
    '7f',
    'c3a9',
    'c389',
    'e4b8ad',
    'efbfbd',
    'f09f9880',
    '80',
    'ff',
  ],
  'UTF-16le': [
    '0000',
    '2000',
    '4000',
    '4100',
    '5a00',
    '5b00',
    '6100',
    '7a00',
    'e900',
    'c900',
    '2d4e',
    'feff',
    '3dd800de',
    '3dd8',
    '00de',
    'fdff',
  ],
};

describe('orders', () => {
  it('sorts rowids as signed numbers', () => {
    const key = (rowid: bigint) => new Uint8Array(BigInt64Array.of(rowid).buffer);
    const rowid = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -300n, max: 300n }));
    fc.assert(
      fc.property(rowid, rowid, (a, b) => {
        expect(Math.sign(rowidOrder.compare(key(a), key(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('sorts names by their bytes, the shorter first', () => {
    const bytes = fc.uint8Array({ maxLength: 4 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(byteOrder.compare(a, b))).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
  });

  it('is noticed when an index is in another', () => {
    const file = openGenuine(genuineBytes('07-collations-desc'));
    const { root } = file.schema.find(({ name }) => name === 'c_b')!;
    const order = indexOrder({ collations: ['BINARY'], descending: [false], encoding: 1, format: 1 });
    expect(() => file.requireSound((index) => (index === treeName(root) ? order : null))).toThrow(/is out of order/);
  });

  it('knows which keys have the rowid in them', () => {
    expect(splitsRowid(['BINARY', 'binary'])).toBe(true);
    expect(splitsRowid(['BINARY', 'NOCASE'])).toBe(false);
  });

  it('compares whatever bytes there are, and comes to an end', () => {
    const order = indexOrder({
      collations: ['NOCASE', 'BINARY', 'RTRIM'],
      descending: [true, false, true],
      encoding: 2,
      format: 4,
    });
    const bytes = fc.uint8Array({ maxLength: 24 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(order.compare(a, b)).not.toBeNaN();
        expect(order.compare(a, a)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe.skipIf(!hasJudges)('orders of db5.3_sql', () => {
  describe.each(ENCODINGS)('in %s', (encoding) => {
    it.each([1, 2, 3, 4, 5, 6])('indexes of difficult values, %i', async (seed) => {
      const random = randomFrom(seed * 31 + ENCODINGS.indexOf(encoding));
      const { bytes } = await judge.sql(null, statements(encoding, seed % 2 === 0, random));
      const file = openGenuine(bytes);
      file.requireSound(indexOrdersOf(file));
      for (const { type, root } of file.schema)
        if (type === 'index')
          for (const { key } of file.entries(treeName(root))) expect(decodeRecord(key, file.header.get(5) || 1)).not.toBeNull();
    });
  });
});

function statements(encoding: string, isFormat4: boolean, random: Random): string[] {
  const rows = Array.from({ length: 250 }, () => `insert into v values (${value(encoding, random)}, ${value(encoding, random)})`);
  return [
    `pragma encoding = '${encoding}'`,
    ...(isFormat4 ? ['pragma legacy_file_format = off'] : []),
    'create table v (a, b)',
    'create index a_plain on v (a)',
    'create index ab_down on v (a desc, b)',
    'create index a_nocase on v (a collate nocase)',
    'create index ba_nocase on v (b collate nocase desc, a desc)',
    'create index a_rtrim on v (a collate rtrim)',
    'begin',
    ...rows,
    'commit',
  ];
}

function value(encoding: string, random: Random): string {
  const kind = random(8);
  if (kind === 0) return 'null';
  if (kind < 4) return NUMBERS[random(NUMBERS.length)]!;
  const pieces = PIECES[encoding] ?? PIECES['UTF-16le']!.map(swapped);
  const hex = Array.from({ length: random(4) }, () => pieces[random(pieces.length)]!).join('');
  return kind === 4 ? `x'${hex}'` : `cast(x'${hex}' as text)`;
}

/** Each two bytes the other way round. */
function swapped(hex: string): string {
  return hex.replaceAll(/(..)(..)/g, '$2$1');
}
