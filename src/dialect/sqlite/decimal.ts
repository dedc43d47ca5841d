/** Exact decimal numbers in an engine that has none. */
// Up to 15 digits a double holds a decimal exactly, so those are plain numbers in a NUMERIC column: they compare,
// sum and sort as numbers, also for other programs. Longer ones would lose digits there. They are kept as text whose
// alphabetical order is the order of the numbers: all digits written out, padded with zeros to the column's width, and
// after a minus sign each digit's complement to nine. So =, <, ORDER BY, min, max, UNIQUE and indexes are right
// without any function of ours; arithmetic on them would be wrong, and is refused.
import type { ColumnType } from '../../ast/type.ts';
import { DataError } from '../../errors.ts';
import type { DriverValue } from '../../wire/statement.ts';
import { type Digits, digitsOf } from '../decimal-digits.ts';
import type { Codec } from '../dialect.ts';

/** The most decimal digits every double of that length keeps. */
const EXACT_DIGITS = 15;

/** Whether values are kept as sortable text. */
export function isWideDecimal(type: ColumnType): boolean {
  return (type.precision ?? 10) > EXACT_DIGITS;
}

/** Strings (numbers and bigints too) in, strings with all digits after the point out: '19.90'. */
export function decimalCodec(type: ColumnType): Codec {
  const precision = type.precision ?? 10;
  const scale = type.scale ?? 5;
  if (isWideDecimal(type)) {
    const width = Math.max(1, precision - scale);
    return {
      expect: 'any',
      encode: (value) => (value === null ? null : toSortable(digitsOf(value, precision, scale), width, scale)),
      decode: (value) => (typeof value === 'string' ? fromSortable(value) : fixed(value, scale)),
    };
  }
  return {
    expect: 'any',
    encode: (value) => (value === null ? null : toNumber(digitsOf(value, precision, scale), scale)),
    decode: (value) => (typeof value === 'string' ? value : fixed(value, scale)),
  };
}

function toNumber({ negative, digits }: Digits, scale: number): DriverValue {
  const value = Number(`${digits}e-${scale}`);
  return negative ? -value : value;
}

function toSortable({ negative, digits }: Digits, width: number, scale: number): string {
  const padded = digits.padStart(width + scale, '0');
  const shown = negative ? complement(padded) : padded;
  return `${negative ? '-' : ''}${shown.slice(0, width)}${scale > 0 ? `.${shown.slice(width)}` : ''}`;
}

function fromSortable(text: string): string {
  const negative = text.startsWith('-');
  return (negative ? '-' : '') + (negative ? complement(text.slice(1)) : text).replace(/^0+(?=\d)/, '');
}

function complement(digits: string): string {
  return digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
}

function fixed(value: number | bigint | boolean | Uint8Array, scale: number): string {
  if (value instanceof Uint8Array) throw new DataError(`Expected a decimal number, got a blob of ${value.length} bytes`);
  const text = Number(value).toFixed(scale);
  // What rounds to nothing has no sign.
  return text.startsWith('-') && !/[1-9]/.test(text) ? text.slice(1) : text;
}
