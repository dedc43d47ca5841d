/** The records of the commit log: what one holds, how commits are joined into one, checked and applied. */
import { checksum } from '../util/checksum.ts';
import type { ByteFile, Delta } from './backend.ts';
import type { Change, Removal } from './cluster.ts';
import { CHUNK } from './volume.ts';

/** The part of a record that changes one file: it is cut to `low`, grows to `size` with zeros, and then the pages are written. */
export interface LoggedDelta extends Delta {
  readonly pages: Uint32Array;
  /** Bytes in the file when it was smallest. */
  readonly low: number;
  readonly sum: number;
}

/** The part of a record that concerns one file. */
export type LoggedChange = LoggedDelta | Removal;

/** All that was stored in one go. Records are applied in the order of their numbers, each whole. */
export interface LogRecord {
  /** Who wrote it: one random name for each opening of the database. */
  readonly writer: string;
  readonly deltas: readonly LoggedChange[];
}

/** Bytes of images in one record, at the most: browsers refuse values of more than about 127 MiB. */
const MOST = 32 << 20;

/** Files that records can be applied to. */
export interface Target {
  /** The file, made when it does not exist. */
  file(name: string): ByteFile;
  remove(name: string): void;
}

/**
 * The changes of several commits, in order, as records to be stored in one transaction: one, unless there is very much.
 * A page that several commits changed is kept once; a file that was removed and made anew is one that was cut to nothing.
 */
export function toRecords(writer: string, commits: readonly (readonly Change[])[], most: number = MOST): LogRecord[] {
  const records: LoggedChange[][] = [[]];
  let bytes = 0;
  for (const part of joined(commits).flatMap((joint) => toParts(joint, most))) {
    const more = isRemoval(part) ? 0 : part.images.length;
    if (bytes > 0 && bytes + more > most) {
      records.push([]);
      bytes = 0;
    }
    records.at(-1)?.push(part);
    bytes += more;
  }
  return records.map((deltas) => ({ writer, deltas }));
}

/** Whether the file is gone after the change. */
export function isRemoval(change: Change): change is Removal {
  return 'removed' in change;
}

/** Bytes the record takes, near enough. */
export function recordBytes(record: LogRecord): number {
  return record.deltas.reduce(
    (sum, change) => sum + 64 + (isRemoval(change) ? 0 : change.images.length + change.pages.length * 4),
    64,
  );
}

/** What is wrong with a stored value that should be a record, or null. */
export function recordFault(value: unknown): string | null {
  const record = value as Partial<LogRecord> | undefined;
  if (typeof record !== 'object' || record === null || !Array.isArray(record.deltas)) return 'is not a record';
  for (const delta of record.deltas as readonly Partial<LoggedDelta>[]) {
    const { file, pageSize, low, size, pages, images } = delta;
    if (typeof file === 'string' && isRemoval(delta as LoggedChange)) continue;
    if (typeof file !== 'string' || !(pages instanceof Uint32Array) || !(images instanceof Uint8Array)) return 'is not a record';
    if (!isSize(low) || !isSize(size) || !isSize(pageSize) || pageSize === 0 || CHUNK % pageSize !== 0)
      return 'has a size that cannot be';
    if (images.length !== pages.length * pageSize)
      return `has ${images.length} bytes where ${pages.length} pages of ${pageSize} bytes belong`;
    if (sumOf(low, size, pages, images) !== delta.sum) return 'fails its checksum';
  }
  return null;
}

/** Brings the files to the state after the record; leaves out changes that `applies` refuses. */
export function applyRecord(target: Target, record: LogRecord, applies: (change: LoggedChange) => boolean): void {
  for (const change of record.deltas) {
    if (!applies(change)) continue;
    if (isRemoval(change)) target.remove(change.file);
    else applyDelta(target.file(change.file), change);
  }
}

function applyDelta(file: ByteFile, delta: LoggedDelta): void {
  if (delta.low < file.size()) file.truncate(delta.low);
  file.truncate(delta.size);
  for (let i = 0; i < delta.pages.length; i++) {
    const at = delta.pages[i]! * delta.pageSize;
    // The last page of a file need not be whole.
    file.write(imageAt(delta, i).subarray(0, delta.size - at), at);
  }
}

/** The image of the delta's page at `index`. */
export function imageAt(delta: Delta, index: number): Uint8Array {
  return delta.images.subarray(index * delta.pageSize, (index + 1) * delta.pageSize);
}

/** One file's part of a record while commits are joined. */
interface Joint {
  readonly file: string;
  /** The latest, or null when the file was removed. */
  delta: Delta | null;
  low: number;
  /** Page → its latest image, once a second commit has come. */
  images: Map<number, Uint8Array> | null;
}

function joined(commits: readonly (readonly Change[])[]): Joint[] {
  const joints: Joint[] = [];
  const latest = new Map<string, Joint>();
  for (const change of commits.flat()) {
    const joint = latest.get(change.file);
    if (joint !== undefined && join(joint, change)) continue;
    const fresh = isRemoval(change)
      ? { file: change.file, delta: null, low: 0, images: null }
      : { file: change.file, delta: change, low: change.size, images: null };
    latest.set(change.file, fresh);
    joints.push(fresh);
  }
  return joints;
}

/** Makes the change part of the joint; false when it cannot be. */
function join(joint: Joint, later: Change): boolean {
  const { delta } = joint;
  if (isRemoval(later)) {
    joint.delta = null;
    joint.images = null;
    joint.low = 0;
    return true;
  }
  if (delta !== null) {
    if (delta.pageSize !== later.pageSize) return false;
    joint.images ??= imagesOf(delta);
    if (later.size < delta.size) cut(joint.images, later);
    for (let i = 0; i < later.pages.length; i++) joint.images.set(later.pages[i]!, imageAt(later, i));
    joint.low = Math.min(joint.low, later.size);
  }
  joint.delta = later;
  return true;
}

/** Takes out of the images what is past the size. */
function cut(images: Map<number, Uint8Array>, { pageSize, size }: Delta): void {
  for (const [page, image] of images) {
    const left = size - page * pageSize;
    if (left <= 0) images.delete(page);
    else if (left < pageSize) image.fill(0, left);
  }
}

function imagesOf(delta: Delta): Map<number, Uint8Array> {
  return new Map(Array.from(delta.pages, (page, index) => [page, imageAt(delta, index)]));
}

function gathered({ file, pageSize, size }: Delta, byPage: ReadonlyMap<number, Uint8Array>): Delta {
  const pages = [...byPage.keys()].sort((a, b) => a - b);
  const images = new Uint8Array(pages.length * pageSize);
  for (const [index, page] of pages.entries()) images.set(byPage.get(page)!, index * pageSize);
  return { file, pageSize, size, pages, images };
}

/** The joint in parts that fit a record each; only the first one cuts the file. */
function toParts({ file, delta, low: lowest, images: byPage }: Joint, mostBytes: number): LoggedChange[] {
  if (delta === null) return [{ file, removed: true }];
  const { pageSize, size, pages, images } = byPage === null ? delta : gathered(delta, byPage);
  const numbers = Uint32Array.from(pages);
  const most = mostBytes / pageSize;
  return Array.from({ length: Math.max(1, Math.ceil(numbers.length / most)) }, (_, i) => {
    const low = i === 0 ? lowest : size;
    const own = owned(images.subarray(i * most * pageSize, (i + 1) * most * pageSize));
    const some = numbers.slice(i * most, (i + 1) * most);
    return { file, pageSize, low, size, pages: some, images: own, sum: sumOf(low, size, some, own) };
  });
}

/** A view would be stored with all of the buffer behind it. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function sumOf(low: number, size: number, pages: Uint32Array, images: Uint8Array): number {
  const sizes = checksum(new Uint8Array(Float64Array.of(low, size).buffer));
  const numbers = checksum(new Uint8Array(pages.buffer, pages.byteOffset, pages.byteLength));
  return (checksum(images) ^ Math.imul(numbers, 31) ^ Math.imul(sizes, 961)) >>> 0;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
