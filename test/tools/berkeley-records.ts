/** Reads the records that `db5.3_dump` prints, on its own: what it is compared with shall not be read by what is tested. */

/** A value of a record; texts and blobs as their bytes, hexadecimal. */
export type Value = null | bigint | number | { readonly text: string } | { readonly blob: string };

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** The values of a record given in hexadecimal. See "Record Format" in SQLite's file format. */
export function recordOf(hex: string): Value[] {
  const bytes = Buffer.from(hex, 'hex');
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = bytes[at++]!;
      value = value * 128 + (byte & 127);
      if (byte < 128) break;
    }
    return value;
  };
  const end = varint();
  const types: number[] = [];
  while (at < end) types.push(varint());
  return types.map((type) => {
    const size = type < 10 ? SIZES[type]! : (type - 12) >> 1;
    at += size;
    return cellAt(type, bytes.subarray(at - size, at));
  });
}

/** The rowid that a table's key says. */
export function rowidOf(hex: string): bigint {
  return Buffer.from(hex, 'hex').readBigInt64LE();
}

function cellAt(type: number, bytes: Buffer): Value {
  if (type === 0) return null;
  if (type === 7) return bytes.readDoubleBE();
  if (type >= 8 && type <= 9) return BigInt(type - 8);
  if (type < 7) return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const hex = bytes.toString('hex').toUpperCase();
  return type % 2 === 0 ? { blob: hex } : { text: hex };
}
