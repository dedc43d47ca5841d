/** Files that cannot be opened are refused with a message that says what they are and what can be done. */
import { describe, expect, it } from 'vitest';
import { CorruptDatabaseError, NotSupportedError } from '../../../src/errors.ts';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';
import { genuineBytes, openGenuine } from './genuine.ts';

/** The words of a file are little-endian. */
type Change = (view: DataView, bytes: Uint8Array) => Uint8Array | undefined;

const PAGE = 4096;

function text(start: string, length = 2 * PAGE): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(start));
  return bytes;
}

function word(value: number, at: number): Change {
  return (view) => {
    view.setUint32(at, value, true);
    return undefined;
  };
}

function byte(value: number, at: number): Change {
  return (view) => {
    view.setUint8(at, value);
    return undefined;
  };
}

/** The meta page of the tree `name`. */
function metaOf(bytes: Uint8Array, name: string): number {
  return openGenuine(bytes).trees.get(name)!.meta * PAGE;
}

function inMeta(name: string, at: number, value: number): Change {
  return (view, bytes) => {
    view.setUint32(metaOf(bytes, name) + at, value, true);
    return undefined;
  };
}

const CORRUPT: readonly (readonly [string, RegExp, Change])[] = [
  ['an empty file', /is empty: its original was probably copied.*echo \.tables \| db5\.3_sql/, () => new Uint8Array(0)],
  ['a file of zeros', /has nothing in its first page: .*copied/, () => new Uint8Array(2 * PAGE)],
  ['a file without schema', /has no schema: .*copied/, () => genuineBytes('90-not-checkpointed')],
  ['a SQLite database', /is a SQLite database: open it with SqliteDatabase/, () => text('SQLite format 3\0')],
  ['a dump', /is a text dump/, () => text('VERSION=3\nformat=bytevalue\n')],
  ['text', /is not a Berkeley DB file/, () => text('Hello, world! This is not a database.')],
  ['three bytes', /is not a Berkeley DB file/, () => Uint8Array.of(1, 2, 3)],
  ['twenty bytes', /ends after 20 bytes/, (_, bytes) => bytes.slice(0, 20)],
  ['a hash file', /is a hash file of Berkeley DB/, word(0x0006_1561, 12)],
  ['a queue file', /is a queue file of Berkeley DB/, word(0x0004_2253, 12)],
  ['a heap file', /is a heap file of Berkeley DB/, word(0x0007_4582, 12)],
  ['a big-endian hash file', /is a hash file of Berkeley DB/, word(0x6115_0600, 12)],
  ['a log', /is a log of Berkeley DB/, word(0x0004_0988, 12)],
  ['half a page at the end', /is cut off/, (_, bytes) => bytes.slice(0, bytes.length - PAGE / 2)],
  ['a page size that there is not', /pages of 4095 bytes/, word(4095, 20)],
  ['a single btree', /without named databases/, word(0, 48)],
  ['a first page of another type', /first page is not/, byte(5, 25)],
  ['a directory somewhere else', /first page is not that of a file/, word(2, 88)],
  ['a missing page', /refers to page \d+/, (_, bytes) => bytes.slice(0, 8 * PAGE)],
  ['an index out of order', /is out of order \(in table00\d+\)/, swapped],
  ['a free list into a tree', /belongs to two trees|should be of type 0/, word(1, 28)],
  ['text in an encoding that there is not', /word 5 of its header is 9/, (_, bytes) => withHeaderWord(bytes, 5, 9)],
  ['a format that there is not', /word 2 of its header is 5/, (_, bytes) => withHeaderWord(bytes, 2, 5)],
];

const UNSUPPORTED: readonly (readonly [string, RegExp, Change])[] = [
  ['a big-endian file', /is big-endian/, word(0x6231_0500, 12)],
  ['an encrypted file', /is encrypted/, byte(1, 24)],
  ['a file with checksums', /has checksums/, byte(1, 26)],
  ['a partitioned file', /partitioned/, byte(2, 26)],
  ['an older file', /version 7 .*db5\.3_upgrade/, word(7, 16)],
  ['a newer file', /version 10 .*newer/, word(10, 16)],
  ['pages of 65536 bytes', /pages of 65536 bytes/, word(65536, 20)],
  ['an index of release 5.0', /keeps the index "table00004" as Berkeley DB SQL 5\.0 did/, inMeta('table00004', 48, 0x20)],
  ['a compressed table', /keeps "table00003" in a way.*0xa0/, inMeta('table00003', 48, 0xa0)],
];

/** The first two slots of an index exchanged. */
function swapped(view: DataView, bytes: Uint8Array): undefined {
  const file = openGenuine(bytes);
  const index = file.schema.find(({ name }) => name === 'p_title')!;
  const slots = file.trees.get(treeName(index.root))!.root * PAGE + 26;
  const first = view.getUint32(slots, true);
  view.setUint32(slots, view.getUint32(slots + 4, true), true);
  view.setUint32(slots + 4, first, true);
}

/** The only bytes of a file that are the key of a header's word stand before its value. */
function withHeaderWord(bytes: Uint8Array, word: number, value: number): Uint8Array {
  const key = Uint8Array.of(8, 0, 1, word, 0, 0, 0, 0, 0, 0, 0);
  const at = Buffer.from(bytes).indexOf(key);
  // Items grow downward, so that a value lies before its key.
  bytes[at - 12 + 3] = value;
  return bytes;
}

function changed(change: Change): Uint8Array {
  const bytes = genuineBytes('02-basic');
  return change(new DataView(bytes.buffer), bytes) ?? bytes;
}

describe('refused as corrupt', () => {
  it.each(CORRUPT)('%s', (_name, message, change) => {
    const bytes = changed(change);
    const open = () => openGenuine(bytes, 'some.db').requireSound();
    expect(open).toThrow(CorruptDatabaseError);
    expect(open).toThrow(message);
    expect(open).toThrow('"some.db"');
  });
});

describe('refused as not supported', () => {
  it.each(UNSUPPORTED)('%s', (_name, message, change) => {
    const bytes = changed(change);
    const open = () => openGenuine(bytes, 'some.db');
    expect(open).toThrow(NotSupportedError);
    expect(open).toThrow(message);
    expect(open).toThrow('"some.db"');
  });
});

describe('read in spite of', () => {
  it.each([
    ['an older version that has the same layout', word(8, 16)],
    ['another last page', word(7, 32)],
    ['another LSN', word(7, 0)],
    ['another file id', word(7, 52)],
    ['bytes that nobody looks at', word(0xffff_ffff, 92)],
    ['zeros behind the end', (_: DataView, bytes: Uint8Array) => Buffer.concat([bytes, new Uint8Array(PAGE)])],
  ])('%s', (_name, change) => {
    openGenuine(changed(change)).requireSound();
  });
});
