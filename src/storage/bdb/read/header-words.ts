/** The words of SQLite's header as the tree `metadb` of a Berkeley DB SQL file keeps them. */
import type { Entry } from '../content.ts';
import { u32 } from './layout.ts';
import type { PageReader } from './page-reader.ts';

/** What `metadb` has. */
export interface HeaderWords {
  readonly header: ReadonlyMap<number, number>;
  readonly sequences: readonly Entry[];
}

/** Words 1…15 follow the byte 36 of SQLite's header. */
const MOST_WORDS = 15;
const WORD_BYTES = 8;
/** The word that tells the format of SQLite's files. */
export const FORMAT = 2;
export const NEWEST_FORMAT = 4;
/** The word that tells how text is kept: 1 UTF-8, 2 UTF-16 little-endian, 3 big-endian; 0 as 1. */
export const ENCODING = 5;
const ENCODINGS = 3;

/** @throws CorruptDatabaseError when a word cannot be. */
export function readHeader(reader: PageReader, entries: Iterable<Entry>): HeaderWords {
  const header = new Map<number, number>();
  const sequences: Entry[] = [];
  for (const { key, data } of entries) {
    if (!isWordKey(key)) {
      sequences.push({ key: key.slice(), data: data.slice() });
      continue;
    }
    if (data.length !== WORD_BYTES) throw reader.damaged(`word ${key[0]} of its header has ${data.length} bytes`);
    header.set(key[0]!, u32(data, 0));
  }
  for (const [word, most] of [
    [FORMAT, NEWEST_FORMAT],
    [ENCODING, ENCODINGS],
  ] as const) {
    const value = header.get(word) ?? 0;
    if (value > most) throw reader.damaged(`word ${word} of its header is ${value}, and ${most} at the most makes sense`);
  }
  return { header, sequences };
}

/** Little-endian, eight bytes. A sequence's key is text, which may have eight bytes as well. */
function isWordKey(key: Uint8Array): boolean {
  return key.length === WORD_BYTES && key[0]! <= MOST_WORDS && key.subarray(1).every((byte) => byte === 0);
}
