/** Real files whose unflushed writes are lost in any combination: the database stays whole and keeps what was acknowledged. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../src/driver/sqljs-engine.ts';
import { Handle } from '../../src/driver/sqljs-handle.ts';
import type { ByteFile, Files } from '../../src/storage/backend.ts';
import { MemoryFile, Volume } from '../../src/storage/volume.ts';
import { random } from './support.ts';

const NAME = 'a.db';

/** One change that a device may or may not have made when the power goes. */
type Change = (file: MemoryFile) => void;

/** A file as written and as it is on the device. */
class LossyFile implements ByteFile {
  readonly written = new MemoryFile();
  readonly stored = new MemoryFile();
  #pending: Change[] = [];
  readonly #beforeSync: () => void;

  constructor(beforeSync: () => void) {
    this.#beforeSync = beforeSync;
  }

  size(): number {
    return this.written.size();
  }

  read(into: Uint8Array, at: number): number {
    return this.written.read(into, at);
  }

  write(from: Uint8Array, at: number): void {
    const bytes = from.slice();
    this.#change((file) => file.write(bytes, at));
  }

  truncate(size: number): void {
    this.#change((file) => file.truncate(size));
  }

  sync(): void {
    this.#beforeSync();
    for (const change of this.#pending.splice(0)) change(this.stored);
  }

  close(): void {}

  /** The file as found after the power went: some of the unflushed changes are there, later ones perhaps without earlier ones. */
  afterLoss(pick: (below: number) => number): MemoryFile {
    const found = copy(this.stored);
    const all = pick(4) === 0;
    for (const change of this.#pending) if (all || pick(2) === 0) change(found);
    return found;
  }

  #change(change: Change): void {
    change(this.written);
    this.#pending.push(change);
  }
}

/** Deleting is made to happen at once: the log is only deleted when nothing needs it. */
class LossyFiles implements Files {
  readonly files = new Map<string, LossyFile>();
  /** Called before any file is flushed: the moment when the most can be lost. */
  beforeSync: () => void = () => {};

  open(name: string): LossyFile {
    let file = this.files.get(name);
    if (file === undefined) this.files.set(name, (file = new LossyFile(() => this.beforeSync())));
    return file;
  }

  exists(name: string): boolean {
    return (this.files.get(name)?.size() ?? 0) > 0;
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  /** What a backend does when commits wait to be durable. */
  flush(): void {
    for (const file of this.files.values()) file.sync();
  }

  afterLoss(pick: (below: number) => number): Volume {
    const volume = new Volume();
    for (const [name, file] of this.files) volume.put(name, file.afterLoss(pick));
    return volume;
  }
}

function copy(file: MemoryFile): MemoryFile {
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  const result = new MemoryFile();
  if (bytes.length > 0) result.write(bytes, 0);
  return result;
}

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const version = (handle: Handle): number => handle.query('SELECT v FROM version').data[0]![0] as number;
const content = (handle: Handle): unknown =>
  handle.query('SELECT group_concat(id || hex(v)) FROM (SELECT * FROM t ORDER BY id)').data[0]![0];

/** Opens what the loss left, and compares it with what it was when that version was committed. */
function check(
  files: LossyFiles,
  pick: (below: number) => number,
  history: ReadonlyMap<number, unknown>,
  acknowledged: number,
): void {
  const mount = engine.files.mount(files.afterLoss(pick), false);
  const handle = new Handle(engine, mount.path(NAME));
  try {
    expect(handle.query('PRAGMA integrity_check').data[0]![0]).toBe('ok');
    const found = version(handle);
    expect(found).toBeGreaterThanOrEqual(acknowledged);
    expect(content(handle)).toBe(history.get(found));
  } finally {
    handle.close();
    mount.close();
  }
}

describe('a flush for all commits that wait, in place of one for each', () => {
  test.each([1, 2, 3, 4])('seed %i', (seed) => {
    const pick = random(seed);
    const files = new LossyFiles();
    const mount = engine.files.mount(files, false);
    const path = mount.path(NAME);
    const handle = Handle.open(engine, path, ['PRAGMA wal_autocheckpoint=12', 'PRAGMA cache_size=8']);
    handle.query('CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)');
    handle.query('CREATE TABLE version(v)');
    handle.query('INSERT INTO version VALUES (0)');
    files.flush();
    const history = new Map<number, unknown>([[0, content(handle)]]);
    let acknowledged = 0;
    // Also in the midst of checkpoints and commits.
    files.beforeSync = () => check(files, pick, history, acknowledged);
    for (let i = 1; i <= 60; i++) {
      if (pick(10) === 0) handle.query(`PRAGMA wal_checkpoint(${['PASSIVE', 'RESTART', 'TRUNCATE'][pick(3)]})`);
      const before = content(handle);
      handle.query('BEGIN IMMEDIATE');
      for (let j = pick(4); j >= 0; j--) {
        handle.query(
          [
            `INSERT OR REPLACE INTO t SELECT value, randomblob(${pick(1500)}) FROM json_each('[${[pick(40), pick(40), pick(40)]}]')`,
            `DELETE FROM t WHERE id % ${2 + pick(7)} = 0`,
            `UPDATE t SET v = randomblob(100) WHERE id < ${pick(40)}`,
          ][pick(3)]!,
        );
      }
      if (pick(8) === 0) {
        handle.query('ROLLBACK');
        history.set(i, before);
        handle.query(`UPDATE version SET v = ${i}`);
      } else {
        handle.query(`UPDATE version SET v = ${i}`);
        history.set(i, content(handle));
        handle.query('COMMIT');
      }
      check(files, pick, history, acknowledged);
      if (pick(3) === 0) {
        files.flush();
        acknowledged = i;
        check(files, pick, history, acknowledged);
      }
    }
    handle.close();
    check(files, pick, history, acknowledged);
    mount.close();
  });
});
