/** A quick checksum that notices damaged bytes; no defence against anybody who damages them on purpose. */

const PRIME = 0x01000193;

/** 32 bits that change whenever any one aligned word of `bytes` changes, or their number. */
export function checksum(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  // Two lanes, because each step waits for the multiplication before it.
  let even = bytes.length | 0;
  let odd = ~bytes.length;
  const pairs = words.length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    even = Math.imul(even ^ words[i]!, PRIME);
    odd = Math.imul(odd ^ words[i + 1]!, PRIME);
  }
  if (pairs < words.length) even = Math.imul(even ^ words[pairs]!, PRIME);
  for (let i = words.length << 2; i < aligned.length; i++) odd = Math.imul(odd ^ aligned[i]!, PRIME);
  return (even ^ ((odd << 13) | (odd >>> 19))) >>> 0;
}
