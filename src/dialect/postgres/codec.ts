/** JavaScript values as Postgres takes them, and back. */
import type { ColumnType } from '../../ast/type.ts';
import { DataError } from '../../errors.ts';
import { codecsOf } from '../codecs.ts';
import { encodeTime, validDate } from '../dates.ts';
import type { Codec } from '../dialect.ts';
import { codec, type Encode, encodeBigint, encodeText, refuse } from '../encode.ts';
import { decodeDateTime, decodeTime, encodeDateTime } from './dates.ts';
import { decimalCodec } from './decimal.ts';
import { extensionCodec } from './extension-codec.ts';

const text: Encode = (value) => {
  const encoded = encodeText(value);
  if (encoded.includes('\0'))
    throw new DataError('The text has the character NUL, which Postgres keeps in no text: use a BlobField');
  return encoded;
};

const commonCodec = codecsOf(
  {
    text: codec('text', text),
    // Postgres fills it up with blanks.
    fixedchar: codec('text', text, (value) => String(value).replace(/ +$/, '')),
    bigint: codec('bigint', encodeBigint),
    // As other engines have no sign of zero, it has none here.
    double: codec('number', (value) => (typeof value === 'number' ? value + 0 : refuse(value, 'a number'))),
    boolean: codec('any', (value) => (typeof value === 'boolean' ? value : refuse(value, 'a boolean'))),
    datetime: codec('text', encodeDateTime, decodeDateTime),
    time: codec('text', encodeTime, decodeTime),
  },
  decimalCodec,
  validDate,
);

/** How values of this type are kept. */
export function postgresCodec(type: ColumnType): Codec {
  return commonCodec(type) ?? extensionCodec(type, postgresCodec);
}
