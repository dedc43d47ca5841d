/** Reads and writes tar archives, the format in which PGlite exports a cluster. */
import { CorruptDatabaseError } from '../../errors.ts';

const BLOCK = 512;
const REGULAR = '0';
const LINK = '1';
const DIRECTORY = '5';

/** A file in an archive, or another name of one that came before. */
export type TarEntry = { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly sameAs: string };

/**
 * The files of an archive as they come; directories are left out. Names are relative, whatever the archive says.
 * @throws CorruptDatabaseError when it is no tar archive, or a damaged one.
 */
export async function* readTar(archive: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const input = new Reader(archive);
  for (;;) {
    const header = await input.take(BLOCK);
    if (header === null || header.every((byte) => byte === 0)) return;
    if (sumOf(header) !== number(header, 148, 8)) throw new CorruptDatabaseError('This is not a tar archive, or it is damaged.');
    const size = number(header, 124, 12);
    const prefix = text(header, 345, 155);
    const name = relative(`${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`);
    const kind = text(header, 156, 1) || REGULAR;
    const bytes = await input.take(size);
    const padding = await input.take(-size & (BLOCK - 1));
    if (bytes === null || padding === null) throw new CorruptDatabaseError(`The archive ends in the middle of ${name}.`);
    if (kind === LINK) yield { name, sameAs: relative(text(header, 157, 100)) };
    else if (kind === REGULAR) yield { name, bytes };
    else if (kind !== DIRECTORY) throw new CorruptDatabaseError(`${name} in the archive is neither a file nor a directory.`);
  }
}

/** The archive of the directories and the files, in pieces: a header before each file, and what fills up its last block. */
export function* writeTar(entries: Iterable<TarEntry>, directories: readonly string[] = []): Generator<Uint8Array> {
  for (const name of directories) yield headerOf(name, 0, DIRECTORY);
  for (const entry of entries) {
    if ('sameAs' in entry) {
      yield headerOf(entry.name, 0, LINK, entry.sameAs);
      continue;
    }
    const { length } = entry.bytes;
    yield headerOf(entry.name, length, REGULAR);
    yield entry.bytes;
    yield new Uint8Array(-length & (BLOCK - 1));
  }
  yield new Uint8Array(2 * BLOCK);
}

/** A stream as pieces of the lengths that are asked for. */
class Reader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Bytes of their own, or null when there are fewer. */
  async take(length: number): Promise<Uint8Array | null> {
    const taken = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      if (this.#piece.length === 0) {
        const next = await this.#pieces.next();
        if (next.done === true) return null;
        this.#piece = next.value;
      }
      const part = this.#piece.subarray(0, length - done);
      taken.set(part, done);
      done += part.length;
      this.#piece = this.#piece.subarray(part.length);
    }
    return taken;
  }
}

function headerOf(name: string, size: number, kind: string, target = ''): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, value: string): void => void header.set(new TextEncoder().encode(value), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, octal(kind === DIRECTORY ? 0o700 : 0o600, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  // The same archive every time: when a file was written is of no interest to Postgres.
  put(136, octal(0, 11));
  put(156, kind);
  put(157, target);
  put(257, 'ustar\x0000');
  put(148, `${octal(sumOf(header), 6)}\0 `);
  return header;
}

/** The sum of a header's bytes, its own place counted as spaces. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

function text(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function number(header: Uint8Array, at: number, length: number): number {
  return Number.parseInt(text(header, at, length).trim() || '0', 8);
}

function relative(name: string): string {
  return name.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
}
