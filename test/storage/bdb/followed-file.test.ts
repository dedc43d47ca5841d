/** A Berkeley DB file that follows the commits of SQLite by its changes alone, and never has to be written anew. */
import { beforeAll, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../../src/driver/sqljs-engine.ts';
import type { Pages } from '../../../src/storage/bdb/content.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { fromSqlite } from '../../../src/storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../../../src/storage/bdb/sqlite/sqlite-pages.ts';
import { SqliteTrees } from '../../../src/storage/bdb/sqlite/sqlite-trees.ts';
import { headerTree } from '../../../src/storage/bdb/write/header-tree.ts';
import { applyChanges } from '../../../src/storage/bdb/write/incremental.ts';
import { PageStore } from '../../../src/storage/bdb/write/page-store.ts';
import { writeBdb } from '../../../src/storage/bdb/write/writer.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { LiveSqlite } from './live-sqlite.ts';
import { randomCommits } from './random-commits.ts';

const NAME = 'followed.db';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** A Berkeley DB file in memory, changed page by page. */
class FollowedFile implements Pages {
  readonly pageSize: number;
  readonly #trees: SqliteTrees;
  readonly #store: PageStore;
  #pages: Uint8Array[];
  #sqlite: Uint8Array;

  constructor(sqlite: Uint8Array, pageSize: number) {
    const source = sqlitePages(sqlite, NAME);
    const content = fromSqlite(source, NAME);
    const file = writeBdb([headerTree(content.header), ...content.trees], { pageSize, fileId: new Uint8Array(20).fill(1) });
    this.pageSize = pageSize;
    this.#sqlite = sqlite;
    this.#trees = new SqliteTrees(source, content, NAME);
    this.#pages = Array.from({ length: file.count }, (_, page) => file.page(page).slice());
    this.#store = new PageStore(this);
  }

  get count(): number {
    return this.#pages.length;
  }

  page(number: number): Uint8Array {
    return this.#pages[number]!;
  }

  follow(sqlite: Uint8Array, dirty: readonly number[]): void {
    const [before, after] = [sqlitePages(this.#sqlite, NAME), sqlitePages(sqlite, NAME)];
    applyChanges(this.#store, this.#trees.changesOf({ before, after, dirty })!);
    const { size, pages, images } = this.#store.take();
    this.#pages.length = Math.min(this.#pages.length, size / this.pageSize);
    pages.forEach((page, index) => {
      this.#pages[page] = images.slice(index * this.pageSize, (index + 1) * this.pageSize);
    });
    this.#sqlite = sqlite;
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#pages);
  }
}

test.each([
  [4096, 512, 11],
  [512, 4096, 12],
  [4096, 4096, 13],
  [1024, 16_384, 14],
])('SQLite pages of %d bytes, Berkeley DB pages of %d, seed %d', async (from, to, seed) => {
  const live = new LiveSqlite(engine, from);
  live.run('CREATE TABLE t0(id INTEGER PRIMARY KEY, k, b)');
  const file = new FollowedFile(live.commit().bytes, to);
  let commits = 0;
  for (const statements of randomCommits(seed, Number(process.env['COMMITS'] ?? 60))) {
    live.run(...(statements[0] === 'VACUUM' ? statements : ['BEGIN', ...statements, 'COMMIT']));
    const { bytes, dirty } = live.commit();
    file.follow(bytes, dirty);
    if (++commits % 20 !== 0) continue;
    expect(readBdb(file, NAME).requireSound()).toBe(0);
    if (hasJudges) expect(await judge.verify(file.bytes), `after ${statements.join(';\n')}`).toBeUndefined();
  }
  live.close();
});
