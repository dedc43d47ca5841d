/** A database as the driver keeps it, and what each commit made of its pages. */
import type { Engine } from '../../../src/driver/sqljs-engine.ts';
import { Handle } from '../../../src/driver/sqljs-handle.ts';
import type { Mount } from '../../../src/storage/vfs/mount.ts';
import { bytesOf, PageKeeper } from '../../engine/support.ts';

const NAME = 'live.db';

/** The file after commits, and the pages, from 0, that they wrote. */
export interface Committed {
  readonly bytes: Uint8Array;
  readonly dirty: readonly number[];
}

export class LiveSqlite {
  readonly #keeper = new PageKeeper();
  readonly #mount: Mount;
  readonly #handle: Handle;
  #bytes: Uint8Array = new Uint8Array();

  /** In pages of `pageSize` bytes. */
  constructor(engine: Engine, pageSize = 4096) {
    this.#mount = engine.files.mount(this.#keeper.files, true);
    this.#handle = new Handle(engine, this.#mount.path(NAME));
    this.run(`PRAGMA page_size = ${pageSize}`, 'PRAGMA journal_mode = WAL');
  }

  run(...statements: readonly string[]): void {
    for (const statement of statements) this.#handle.query(statement);
  }

  /** The rows of a query. */
  query(sql: string): unknown[][] {
    const { data, length } = this.#handle.query(sql);
    return Array.from({ length }, (_, row) => data.map((column) => column[row]));
  }

  /** What was committed since the last call. With `least`, only those pages count that are not as they were. */
  commit(least = false): Committed {
    const before = this.#bytes;
    const first = this.#keeper.deltas.length;
    this.#keeper.commit(this.#mount.takeCommitted());
    const deltas = this.#keeper.deltas.slice(first);
    const pageSize = deltas[0]?.pageSize ?? 512;
    const after = (this.#bytes = bytesOf(this.#keeper.image, NAME));
    const at = (bytes: Uint8Array, page: number): Uint8Array => bytes.subarray(page * pageSize, (page + 1) * pageSize);
    const written = [...new Set(deltas.flatMap(({ pages }) => Array.from(pages)))];
    return {
      bytes: after,
      dirty: least ? written.filter((page) => Buffer.compare(at(before, page), at(after, page)) !== 0) : written,
    };
  }

  close(): void {
    this.#handle.close();
    this.#mount.close();
  }
}
