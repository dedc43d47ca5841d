/** Commits of SQLite pages as changes of trees: applied to a model, they always give what the new pages hold. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../../src/driver/sqljs-engine.ts';
import type { Entry, TreeChange } from '../../../src/storage/bdb/content.ts';
import { HEADER_TREE, treeName } from '../../../src/storage/bdb/read/trees.ts';
import { fromSqlite } from '../../../src/storage/bdb/sqlite/from-sqlite.ts';
import { schemaObject } from '../../../src/storage/bdb/sqlite/schema-record.ts';
import { sqlitePages } from '../../../src/storage/bdb/sqlite/sqlite-pages.ts';
import { SqliteTrees } from '../../../src/storage/bdb/sqlite/sqlite-trees.ts';
import { headerTree } from '../../../src/storage/bdb/write/header-tree.ts';
import { LiveSqlite } from './live-sqlite.ts';
import { randomCommits } from './random-commits.ts';

const NAME = 'test.db';
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const SCHEMA = treeName(1);

/** Entries by their keys, and data where keys have several; hexadecimal. */
type ModelTree = Map<string, string>;

/** A database whose commits are followed by a model of the trees. */
class Followed {
  readonly model = new Map<string, ModelTree>();
  structure: SqliteTrees;
  bytes: Uint8Array;
  /** The changes of the last commit. */
  changes: readonly TreeChange[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.structure = this.#start();
  }

  /** Takes what was committed; false when that asks for a new start. */
  commit(bytes: Uint8Array, dirty: readonly number[]): boolean {
    const changes = this.structure.changesOf({ before: sqlitePages(this.bytes, NAME), after: sqlitePages(bytes, NAME), dirty });
    this.bytes = bytes;
    if (changes === null) {
      this.structure = this.#start();
      return false;
    }
    this.changes = changes;
    for (const change of changes) this.#apply(change);
    return true;
  }

  /** Everything, by the names of objects: numbers of trees are not the same in a fresh reading. */
  get content(): Record<string, string> {
    return namedContent(this.model);
  }

  /** The same, read anew from the pages. */
  get expected(): Record<string, string> {
    const { header, trees } = fromSqlite(sqlitePages(this.bytes, NAME), NAME);
    return namedContent(new Map([headerTree(header), ...trees].map(({ name, entries }) => [name, modelOf(name, entries)])));
  }

  #start(): SqliteTrees {
    const pages = sqlitePages(this.bytes, NAME);
    const { header, numbers, trees } = fromSqlite(pages, NAME);
    this.model.clear();
    for (const { name, entries } of [headerTree(header), ...trees]) this.model.set(name, modelOf(name, entries));
    return new SqliteTrees(pages, { header, numbers }, NAME);
  }

  #apply({ name, what, removed, added }: TreeChange): void {
    if (what === 'created') {
      expect(this.model.has(name)).toBe(false);
      this.model.set(name, new Map());
    }
    const tree = this.model.get(name)!;
    for (const entry of removed) expect(tree.delete(keyOf(name, entry))).toBe(true);
    for (const entry of added) {
      expect(tree.has(keyOf(name, entry))).toBe(false);
      tree.set(keyOf(name, entry), hex(entry.data));
    }
    if (what === 'dropped') this.model.delete(name);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function isIndex(name: string): boolean {
  return name !== HEADER_TREE && Number(name.slice('table'.length)) % 2 === 0;
}

function keyOf(name: string, { key, data }: Entry): string {
  return isIndex(name) ? `${hex(key)} ${hex(data)}` : hex(key);
}

function modelOf(name: string, entries: Iterable<Entry>): ModelTree {
  return new Map(Array.from(entries, (entry) => [keyOf(name, entry), hex(entry.data)]));
}

function namedContent(model: ReadonlyMap<string, ModelTree>): Record<string, string> {
  const names = new Map([
    [HEADER_TREE, HEADER_TREE],
    [SCHEMA, SCHEMA],
  ]);
  const schema = [...model.get(SCHEMA)!].map(([key, data]) => {
    const { type, name, table, root, sql } = schemaObject(Buffer.from(data, 'hex'), 1)!;
    if (root !== 0) names.set(treeName(root), `${type} ${name}`);
    expect(root % 2).toBe(type === 'table' ? 1 : 0);
    return `${key} ${type} ${name} ${table} ${root !== 0} ${sql}`;
  });
  expect([...model.keys()].sort()).toEqual([...names.keys()].sort());
  const trees = [...model].map(([name, tree]): [string, string] => [
    names.get(name)!,
    // A word that is 0 may be there or not.
    (name === SCHEMA
      ? schema
      : [...tree].filter(([, data]) => name !== HEADER_TREE || /[1-9a-f]/.test(data)).map(([key, data]) => `${key}=${data}`)
    )
      .sort()
      .join('\n'),
  ]);
  return Object.fromEntries(trees);
}

/** Runs statements as one commit, and compares. */
function commit(live: LiveSqlite, followed: Followed, ...statements: readonly string[]): boolean {
  live.run('BEGIN', ...statements, 'COMMIT');
  return check(live, followed);
}

function check(live: LiveSqlite, followed: Followed): boolean {
  const { bytes, dirty } = live.commit();
  const followable = followed.commit(bytes, dirty);
  expect(followed.content).toEqual(followed.expected);
  return followable;
}

function start(...statements: readonly string[]): { live: LiveSqlite; followed: Followed } {
  const live = new LiveSqlite(engine);
  live.run(...statements);
  return { live, followed: new Followed(live.commit().bytes) };
}

function sizes({ changes }: Followed): Record<string, readonly [removed: number, added: number]> {
  return Object.fromEntries(changes.map(({ name, removed, added }) => [name, [removed.length, added.length]]));
}

const FILL = (table: string, rows: number): string =>
  `WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows}) INSERT INTO ${table} SELECT i, 'k' || i, printf('%.*c', i % 70, 'x') FROM c`;

describe('one change', () => {
  const schema = ['CREATE TABLE t(id INTEGER PRIMARY KEY, k UNIQUE, v)', FILL('t', 2000)];

  test('of a row is one of its tree, and of each index', () => {
    const { live, followed } = start(...schema);
    commit(live, followed, "INSERT INTO t VALUES(5000, 'new', 'row')");
    expect(sizes(followed)).toEqual({ table00003: [0, 1], table00004: [0, 1] });
    commit(live, followed, "UPDATE t SET v = 'other' WHERE id = 700");
    expect(sizes(followed)).toEqual({ table00003: [1, 1] });
    commit(live, followed, 'DELETE FROM t WHERE id = 701');
    expect(sizes(followed)).toEqual({ table00003: [1, 0], table00004: [1, 0] });
  });

  test('that splits or joins pages is no more than its rows', () => {
    const { live, followed } = start(...schema);
    commit(live, followed, "UPDATE t SET v = printf('%.*c', 3000, 'y') WHERE id BETWEEN 500 AND 503");
    expect(sizes(followed)).toEqual({ table00003: [4, 4] });
    commit(live, followed, 'DELETE FROM t WHERE id BETWEEN 100 AND 1900');
    expect(sizes(followed)).toEqual({ table00003: [1801, 0], table00004: [1801, 0] });
    commit(live, followed, 'DELETE FROM t');
    expect(sizes(followed)).toEqual({ table00003: [199, 0], table00004: [199, 0] });
  });

  test('of the overflow pages of a record is found without its leaf', () => {
    const { live, followed } = start(
      'CREATE TABLE b(id INTEGER PRIMARY KEY, b)',
      'INSERT INTO b VALUES(1, zeroblob(40000)), (2, zeroblob(9000))',
    );
    commit(live, followed, "UPDATE b SET b = CAST(substr(b, 1, 39999) || x'01' AS BLOB) WHERE id = 1");
    expect(sizes(followed)).toEqual({ table00003: [1, 1] });
  });

  test('of the header is one of metadb', () => {
    const { live, followed } = start(...schema);
    live.run('PRAGMA user_version = 77');
    live.run('PRAGMA application_id = -5');
    check(live, followed);
    expect(sizes(followed)).toEqual({ [HEADER_TREE]: [0, 2] });
    live.run('PRAGMA user_version = 0');
    check(live, followed);
    expect(sizes(followed)).toEqual({ [HEADER_TREE]: [1, 1] });
  });

  test('that VACUUM makes is of the schema cookie only', () => {
    const { live, followed } = start(...schema, 'CREATE INDEX t_v ON t(v)');
    const before = live.query('SELECT rootpage FROM sqlite_master');
    live.run('VACUUM');
    expect(live.query('SELECT rootpage FROM sqlite_master')).not.toEqual(before);
    check(live, followed);
    expect(sizes(followed)).toEqual({ [HEADER_TREE]: [1, 1] });
  });

  test('of a name keeps the tree', () => {
    const { live, followed } = start(...schema);
    commit(live, followed, 'ALTER TABLE t RENAME TO u');
    expect(Object.keys(sizes(followed)).sort()).toEqual([HEADER_TREE, SCHEMA]);
  });

  test('of a collation makes another index, even under the same name on the same page', () => {
    const { live, followed } = start('CREATE TABLE t(a UNIQUE)', "INSERT INTO t VALUES('a'), ('b')");
    commit(live, followed, 'DROP TABLE t', 'CREATE TABLE t(a COLLATE NOCASE UNIQUE)', "INSERT INTO t VALUES('a'), ('b')");
    const index = followed.changes.filter(({ name }) => isIndex(name)).map(({ what }) => what);
    expect(index.sort()).toEqual(['created', 'dropped']);
  });

  test('of the first commit makes everything', () => {
    const live = new LiveSqlite(engine);
    const followed = new Followed(new Uint8Array());
    expect(commit(live, followed, 'CREATE TABLE t(a UNIQUE)', "INSERT INTO t VALUES('a')")).toBe(true);
    expect(followed.changes.map(({ what }) => what)).toContain('created');
  });

  test('of the page size asks for a new start', () => {
    const { live, followed } = start(...schema);
    live.run('PRAGMA journal_mode = DELETE', 'PRAGMA page_size = 1024', 'VACUUM');
    expect(check(live, followed)).toBe(false);
  });
});

test.each([
  [512, 1],
  [512, 2],
  [1024, 3],
  [4096, 4],
  [4096, 5],
  [16_384, 6],
])('random commits in pages of %d bytes, seed %d', (pageSize, seed) => {
  const live = new LiveSqlite(engine, pageSize);
  live.run('CREATE TABLE t0(id INTEGER PRIMARY KEY, k, b)');
  const followed = new Followed(live.commit().bytes);
  for (const statements of randomCommits(seed, Number(process.env['COMMITS'] ?? 60))) {
    live.run(...(statements[0] === 'VACUUM' ? statements : ['BEGIN', ...statements, 'COMMIT']));
    // Every other time only the pages that differ are given: less than that no storage can tell.
    const { bytes, dirty } = live.commit(seed % 2 === 0);
    expect(followed.commit(bytes, dirty)).toBe(true);
    expect(followed.content, `after ${statements.join(';\n')}`).toEqual(followed.expected);
  }
  live.close();
});
