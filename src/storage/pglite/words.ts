/** Compares bytes word by word: which parts of a write change anything, and which pages hold nothing. */

/** Whether `bytes`, a multiple of four of them on a multiple of four, are all zero. */
export function isZero(bytes: Uint8Array): boolean {
  const words = wordsOf(bytes);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/** Calls `found` with the number of each sector of `size` bytes in which the two, as long as each other, differ. */
export function differing(before: Uint8Array, after: Uint8Array, size: number, found: (sector: number) => void): void {
  const old = wordsOf(before);
  const fresh = wordsOf(after);
  const step = size / 4;
  for (let sector = 0; sector * step < fresh.length; sector++) {
    const end = Math.min((sector + 1) * step, fresh.length);
    for (let i = sector * step; i < end; i++) {
      if (old[i] === fresh[i]) continue;
      found(sector);
      break;
    }
  }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
