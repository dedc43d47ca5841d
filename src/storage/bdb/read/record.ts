/** SQLite's record format as far as it concerns the storage: what type and length the columns of a row have, and their values. */

/** A value of a record; integers are always bigints, reals always numbers. */
export type RecordValue = null | bigint | number | string | Uint8Array;

/** The most bytes that SQLite's variable-length numbers have. */
const MOST_VARINT = 9;

/** The number that begins at `at`, high bits first, seven in each byte but a ninth. Exact up to 2⁵³. */
export function varintAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  let value = first & 0x7f;
  for (let index = 1; index < MOST_VARINT - 1; index++) {
    const byte = bytes[at + index]!;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return value * 256 + (bytes[at + MOST_VARINT - 1]! | 0);
}

/** How many bytes the number that begins at `at` takes. */
export function varintLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length < MOST_VARINT; length++) if ((bytes[at + length - 1]! & 0x80) === 0) return length;
  return MOST_VARINT;
}

/** How many bytes a value of this serial type takes in the body of a record. */
export function serialLength(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return SERIAL_LENGTHS[type]!;
}

const SERIAL_LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];
/** The serial type of reals. */
export const REAL = 7;

/** The number of serial type 1…9 at `at`: the double nearest to it. */
export function numberAt(bytes: Uint8Array, at: number, type: number): number {
  switch (type) {
    case 1:
      return (bytes[at]! << 24) >> 24;
    case 2:
      return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
    case 3:
      return ((bytes[at]! << 24) >> 8) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    case 4:
      return word(bytes, at);
    case 5:
      return (((bytes[at]! << 24) >> 16) | bytes[at + 1]!) * 0x1_0000_0000 + (word(bytes, at + 2) >>> 0);
    case 6:
      return word(bytes, at) * 0x1_0000_0000 + (word(bytes, at + 4) >>> 0);
    case REAL:
      SCRATCH.setInt32(0, word(bytes, at));
      SCRATCH.setInt32(4, word(bytes, at + 4));
      return SCRATCH.getFloat64(0);
    default:
      return type - 8;
  }
}

const SCRATCH = new DataView(new ArrayBuffer(8));

/** Four bytes as a signed number, high ones first. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Whether the header and the body of the record fit each other and its length. */
export function isRecord(record: Uint8Array): boolean {
  const end = varintAt(record, 0);
  let at = varintLength(record, 0);
  if (record.length === 0 || !(end >= at && end <= record.length)) return false;
  let body = end;
  while (at < end) {
    const type = varintAt(record, at);
    if (type === 10 || type === 11) return false;
    body += serialLength(type);
    at += varintLength(record, at);
  }
  return at === end && body === record.length;
}

/**
 * The values of a record; `encoding` is that of its text: 1 UTF-8, 2 UTF-16 little-endian, 3 big-endian.
 * Null when the bytes are not a record.
 */
export function decodeRecord(record: Uint8Array, encoding: number): RecordValue[] | null {
  if (!isRecord(record)) return null;
  const end = varintAt(record, 0);
  const values: RecordValue[] = [];
  let body = end;
  for (let at = varintLength(record, 0); at < end; at += varintLength(record, at)) {
    const type = varintAt(record, at);
    values.push(valueAt(record, body, type, encoding));
    body += serialLength(type);
  }
  return values;
}

function valueAt(record: Uint8Array, at: number, type: number, encoding: number): RecordValue {
  if (type === 0) return null;
  if (type === 6) return (BigInt(word(record, at)) << 32n) | BigInt(word(record, at + 4) >>> 0);
  if (type === REAL) return numberAt(record, at, type);
  if (type < 12) return BigInt(numberAt(record, at, type));
  const bytes = record.subarray(at, at + serialLength(type));
  return type % 2 === 0 ? bytes : decoderFor(encoding).decode(bytes);
}

const DECODERS = new Map<number, TextDecoder>();

function decoderFor(encoding: number): TextDecoder {
  let decoder = DECODERS.get(encoding);
  if (decoder === undefined) {
    const label = encoding === 2 ? 'utf-16le' : encoding === 3 ? 'utf-16be' : 'utf-8';
    DECODERS.set(encoding, (decoder = new TextDecoder(label, { ignoreBOM: true })));
  }
  return decoder;
}
