/** Texts packed for another thread come out as they went in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedTexts, unpackTexts } from '../../src/util/packed-texts.ts';

const encoder = new TextEncoder();

function pack(texts: readonly (string | null)[], into: PackedTexts): void {
  for (const text of texts) {
    if (text === null) {
      into.addNull();
      continue;
    }
    const bytes = encoder.encode(text);
    into.add(bytes, 0, bytes.length);
  }
}

// Long enough for every way of copying and decoding, with letters of one to four bytes.
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 200 }));

test('any texts, empty ones and nulls among them', () => {
  const packed = new PackedTexts();
  fc.assert(
    fc.property(fc.array(fc.option(text), { maxLength: 50 }), (texts) => {
      pack(texts, packed);
      expect(unpackTexts(packed.take(), texts.length)).toEqual(texts);
      pack(texts, packed);
      expect(packed.takeTexts()).toEqual(texts);
    }),
  );
});

test('more of them and longer ones than it has room for at first', () => {
  const texts = Array.from({ length: 3000 }, (_, at) => (at % 7 === 0 ? null : `${at} ${'é'.repeat(at % 90)}`));
  const packed = new PackedTexts();
  pack(texts, packed);
  expect(unpackTexts(packed.take(), texts.length)).toEqual(texts);
});

test('what a failed reader left is dropped', () => {
  const packed = new PackedTexts();
  pack(['left', null], packed);
  packed.clear();
  pack(['new'], packed);
  expect(unpackTexts(packed.take(), 1)).toEqual(['new']);
});
