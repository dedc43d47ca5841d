/** Records of the commit log as bytes of a file, so that a record that is not whole is told from one that is. */
import { checksum } from '../../util/checksum.ts';
import type { Numbered } from '../fold.ts';
import { isRemoval, type LoggedChange, type LoggedDelta, type LogRecord, recordFault } from '../log.ts';

/**
 * A record is a head of 40 bytes, its changes without their images as JSON, and the images, each part on a multiple of 8. The head:
 * the mark, its own checksum, the number, the last number that had been flushed before (both as doubles), the lengths of the other
 * parts, the checksum of the JSON, and 0. Numbers are little-endian. The images have their checksums among the changes.
 */
const HEAD = 40;
const MARK = 0x3147_5857;
/** More bytes of images than this are not copied into one piece. */
const LARGE = 1 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Head {
  readonly number: number;
  /** All records up to this number were on the device before this one was written. */
  readonly flushed: number;
  readonly metaLength: number;
  readonly imagesLength: number;
  readonly metaSum: number;
}

/** What a log holds. */
export interface Found {
  readonly records: readonly Numbered[];
  /** Where the last whole record ends. */
  readonly end: number;
  /** The highest number of which some record, whole or not, says that it had been flushed, or 0. */
  readonly flushed: number;
}

/** The bytes of the record, in pieces; one, unless it is large. */
export function encodeRecord({ number, record }: Numbered, flushed: number): Uint8Array[] {
  const meta = encoder.encode(JSON.stringify(record.deltas.map(described)));
  const start = HEAD + padded(meta.length);
  const images = record.deltas.flatMap((change) => (isRemoval(change) ? [] : [change.images]));
  const imagesLength = images.reduce((sum, bytes) => sum + padded(bytes.length), 0);
  const isLarge = imagesLength > LARGE;
  const frame = new Uint8Array(isLarge ? start : start + imagesLength);
  writeHead(frame, { number, flushed, metaLength: meta.length, imagesLength, metaSum: checksum(meta) });
  frame.set(meta, HEAD);
  if (isLarge) return [frame, ...images.map(whole)];
  let at = start;
  for (const bytes of images) {
    frame.set(bytes, at);
    at += padded(bytes.length);
  }
  return [frame];
}

/** The records of a log from its beginning up to the first that is not whole or does not follow the one before. */
export function decodeRecords(bytes: Uint8Array): Found {
  const records: Numbered[] = [];
  let end = 0;
  let flushed = 0;
  for (;;) {
    const head = headAt(bytes, end);
    const last = records.at(-1)?.number;
    if (head === null || (last !== undefined && head.number !== last + 1)) break;
    const record = recordAt(bytes, end, head);
    if (record === null) break;
    records.push({ number: head.number, record });
    flushed = head.flushed;
    end += HEAD + padded(head.metaLength) + head.imagesLength;
  }
  for (let at = end; at + HEAD <= bytes.length; at += 8) flushed = Math.max(flushed, headAt(bytes, at)?.flushed ?? 0);
  return { records, end, flushed };
}

function writeHead(frame: Uint8Array, head: Head): void {
  const view = viewOf(frame, 0);
  view.setUint32(0, MARK, true);
  view.setFloat64(8, head.number, true);
  view.setFloat64(16, head.flushed, true);
  view.setUint32(24, head.metaLength, true);
  view.setUint32(28, head.imagesLength, true);
  view.setUint32(32, head.metaSum, true);
  view.setUint32(4, checksum(frame.subarray(8, HEAD)), true);
}

/** The head at `at`, or null when there is none that is whole. */
function headAt(bytes: Uint8Array, at: number): Head | null {
  if (at + HEAD > bytes.length) return null;
  const view = viewOf(bytes, at);
  if (view.getUint32(0, true) !== MARK || view.getUint32(4, true) !== checksum(bytes.slice(at + 8, at + HEAD))) return null;
  return {
    number: view.getFloat64(8, true),
    flushed: view.getFloat64(16, true),
    metaLength: view.getUint32(24, true),
    imagesLength: view.getUint32(28, true),
    metaSum: view.getUint32(32, true),
  };
}

/** The record behind the head, or null when it is not whole. */
function recordAt(bytes: Uint8Array, at: number, head: Head): LogRecord | null {
  const start = at + HEAD;
  let image = start + padded(head.metaLength);
  if (image + head.imagesLength > bytes.length) return null;
  const meta = bytes.subarray(start, start + head.metaLength);
  if (checksum(meta) !== head.metaSum) return null;
  const deltas = (JSON.parse(decoder.decode(meta)) as Described[]).map((change): LoggedChange => {
    if (!('pages' in change)) return change;
    const images = bytes.subarray(image, image + change.pages.length * change.pageSize);
    image += padded(images.length);
    return { ...change, pages: Uint32Array.from(change.pages), images };
  });
  const record = { writer: '', deltas };
  return recordFault(record) === null ? record : null;
}

type Described =
  | { readonly file: string; readonly removed: true }
  | (Omit<LoggedDelta, 'pages' | 'images'> & { readonly pages: readonly number[] });

function described(change: LoggedChange): Described {
  if (isRemoval(change)) return change;
  const { images: _, pages, ...rest } = change;
  return { ...rest, pages: Array.from(pages) };
}

/** The bytes with what belongs behind them. */
function whole(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 8 === 0) return bytes;
  const longer = new Uint8Array(padded(bytes.length));
  longer.set(bytes);
  return longer;
}

function viewOf(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, HEAD);
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
