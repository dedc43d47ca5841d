/** The protocol of Postgres: messages in whatever pieces they come, values in both formats, at their edges. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../src/driver/postgres/command-tag.ts';
import { MessageReader } from '../../src/driver/postgres/message-reader.ts';
import { ALL_TEXT, MessageWriter } from '../../src/driver/postgres/message-writer.ts';
import { RowDecoder } from '../../src/driver/postgres/row-decoder.ts';
import { serverError } from '../../src/driver/postgres/server-error.ts';
import { decoder, encodeParam } from '../../src/driver/postgres/values.ts';
import { IntegrityError } from '../../src/errors.ts';
import type { Expect } from '../../src/wire/statement.ts';

/** A message with a length before its body. */
function message(type: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  bytes[0] = type;
  new DataView(bytes.buffer).setInt32(1, 4 + body.length);
  bytes.set(body, 5);
  return bytes;
}

/** A row of one column. */
function row(value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(6 + value.length);
  bytes[1] = 1;
  new DataView(bytes.buffer).setInt32(2, value.length);
  bytes.set(value, 6);
  return bytes;
}

function bigEndian(bytes: number, set: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  set(view);
  return new Uint8Array(view.buffer);
}

function read(type: number, expect: Expect, value: Uint8Array, inText: boolean): unknown {
  const formats = inText ? null : ALL_TEXT;
  const rows = new RowDecoder({ names: ['x'], types: [type], formats }, [expect], false);
  rows.read(row(value), 0);
  return rows.take().data[0]![0];
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test('messages are found in pieces of any size', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (all, cuts) => {
      const heard: number[][] = [];
      const reader = new MessageReader((type, bytes, start, end) => heard.push([type, ...bytes.subarray(start, end)]));
      const bytes = Uint8Array.from(all.flatMap((body, at) => [...message(65 + at, body)]));
      for (let at = 0, cut = 0; at < bytes.length; cut++) {
        const end = Math.min(bytes.length, at + cuts[cut % cuts.length]!);
        reader.feed(bytes, at, end);
        at = end;
      }
      expect(heard).toEqual(all.map((body, at) => [65 + at, ...body]));
    }),
  );
});

describe('values', () => {
  test('64-bit integers are numbers where these are exact, in both formats', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const isSafe = Number.isSafeInteger(Number(value)) && BigInt(Number(value)) === value;
        const expected = isSafe ? Number(value) : value;
        const binary = bigEndian(8, (view) => view.setBigInt64(0, value));
        expect(read(20, 'any', binary, false)).toBe(expected);
        expect(read(20, 'any', text(String(value)), true)).toBe(expected);
        expect(read(20, 'bigint', binary, false)).toBe(value);
        expect(read(20, 'bigint', text(String(value)), true)).toBe(value);
        expect(decoder(20)(String(value))).toBe(expected);
      }),
    );
  });

  test('doubles, 32-bit integers and bytes are the same in both formats', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer(), fc.uint8Array(), (double, integer, bytes) => {
        const binary = bigEndian(8, (view) => view.setFloat64(0, double));
        expect(read(701, 'number', binary, false)).toBe(double);
        if (!Object.is(double, -0)) expect(read(701, 'number', text(String(double)), true)).toBe(double);
        expect(
          read(
            23,
            'any',
            bigEndian(4, (view) => view.setInt32(0, integer)),
            false,
          ),
        ).toBe(integer);
        expect(read(23, 'any', text(String(integer)), true)).toBe(integer);
        expect(read(17, 'blob', bytes, false)).toEqual(bytes);
        expect(read(17, 'blob', text(encodeParam(bytes)!), true)).toEqual(bytes);
      }),
    );
  });

  test.each<[string, Expect, unknown]>([
    ['9007199254740993', 'integer', 9007199254740993n],
    ['9007199254740993.5', 'integer', 9007199254740994],
    ['12.00', 'bigint', 12n],
    ['12.5', 'bigint', 12.5],
    ['NaN', 'number', Number.NaN],
    ['1e400', 'any', '1e400'],
  ])('the numeric %s expected as %s is %o', (value, as, expected) => {
    expect(read(1700, as, text(value), false)).toBe(expected);
    expect(decoder(1700, as)(value)).toBe(expected);
  });
});

test('long values grow the buffer once, and it shrinks again', () => {
  const writer = new MessageWriter();
  const long = 'ü'.repeat(3_000_000);
  const bytes = writer.bind('s', [long, null, 7], ALL_TEXT).take();
  expect(bytes.length).toBe(1 + 4 + 1 + 2 + 2 + 6 + 2 + 4 + 6_000_000 + 4 + 4 + 1 + 2);
  expect(writer.sync().take()).toEqual(Uint8Array.of(0x53, 0, 0, 0, 4));
});

test('command tags tell changes', () => {
  const tags = ['INSERT 0 3', 'UPDATE 2', 'DELETE 0', 'MERGE 4', 'SELECT 5', 'CREATE TABLE', 'COPY 6', 'FETCH 7'];
  expect(tags.map(changesOf)).toEqual([3, 2, 0, 4, 0, 0, 6, 0]);
});

test.each([
  ['Key (a)=(1) already exists.', ['a']],
  ['Key (a, "B c", "d""e")=(1, 2, 3) already exists.', ['a', 'B c', 'd"e']],
  ['Key (lower(a))=(x) already exists.', []],
  ['Key (a)=(x)=(y)) is not present in table "p".', ['a']],
  [undefined, []],
])('the detail %s names the columns %o', (detail, columns) => {
  const error = serverError({ code: '23505', message: 'no', detail, table: 't' }, 'INSERT');
  expect(error).toBeInstanceOf(IntegrityError);
  expect(error).toMatchObject({ columns, constraint: 'unique', table: 't', sql: 'INSERT' });
});
