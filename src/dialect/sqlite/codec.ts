/** JavaScript values as SQLite keeps them, and back. */
import type { ColumnType } from '../../ast/type.ts';
import { NotSupportedError } from '../../errors.ts';
import { codecsOf } from '../codecs.ts';
import type { Codec } from '../dialect.ts';
import { codec, type Encode, encodeBigint, encodeText, encodeUuid, refuse } from '../encode.ts';
import { decodeDateTime, encodeDateTime, requireDate } from './dates.ts';
import { decimalCodec } from './decimal.ts';

// A double holds 53 bits and SQLite's binding in JavaScript has no other number: longer ones go as their digits,
// and the compiler makes an integer of them again (see `placeholder`).
const bigint: Encode = (value) => {
  const big = encodeBigint(value);
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : String(big);
};

// SQLite turns NaN into NULL without a word, and keeps no sign of zero.
const double: Encode = (value) => {
  if (typeof value !== 'number' || Number.isNaN(value)) return refuse(value, 'a number');
  return value === 0 ? 0 : value;
};

const boolean: Encode = (value) => (typeof value === 'boolean' ? Number(value) : refuse(value, 'a boolean'));

const commonCodec = codecsOf(
  {
    text: codec('text', encodeText),
    bigint: codec('bigint', bigint),
    double: codec('number', double),
    boolean: codec('number', boolean, (value) => value !== 0),
    // Other programs may have written it without hyphens.
    uuid: codec('text', encodeUuid, encodeUuid),
    // There is no session's time zone here: one with a zone is UTC as well.
    datetime: codec('text', encodeDateTime, decodeDateTime),
  },
  decimalCodec,
  requireDate,
);

/** How values of this type are kept. @throws NotSupportedError for a type of Postgres's own */
export function sqliteCodec(type: ColumnType): Codec {
  const known = commonCodec(type);
  if (!known) throw new NotSupportedError(`SQLite has no type "${type.name}"`);
  return known;
}
