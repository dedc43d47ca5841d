/** The judges of Berkeley DB files: Oracle's own programs, as Debian has them, always run on a copy in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { recordOf, rowidOf } from './berkeley-records.ts';
import { type Ask, type Contents, contentsBy } from './berkeley-tables.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A pair of a tree, as `db5.3_dump` says it: hexadecimal. */
export type Pair = readonly [key: string, data: string];
/** Every pair of every tree, in the order of the file. */
export type Trees = ReadonlyMap<string, readonly Pair[]>;

/** All that the judges say about a file. */
export interface Verdict {
  /** What `db5.3_verify` and `pragma integrity_check` find wrong; undefined when both are content. */
  readonly complaint: string | undefined;
  readonly trees: Trees;
  /** What `db5.3_sql` reads, with its reals to the last bit. */
  readonly contents: Contents;
}

/** Whether the programs are installed; the suites that need them are skipped where they are not. */
export const hasJudges = ['db5.3_sql', 'db5.3_verify', 'db5.3_dump'].every(
  (program) => spawnSync(program, ['-version']).error === undefined,
);
if (!hasJudges)
  console.warn('SKIPPED: db5.3_sql and its like are not installed, so nothing is compared with Berkeley DB itself.');

export const judge = {
  /**
   * Runs statements in `db5.3_sql` on a copy of `file`, or on a new one: what it prints, and the file it leaves.
   * Rejects with what it complained about, also when only one of the statements failed.
   *
   * @example
   * const { bytes } = await judge.sql(null, ['create table t(a)', 'insert into t values (1)']);
   * (await judge.sql(bytes, ['select * from t'])).lines; // ['1']
   */
  sql(file: Uint8Array | null, statements: Iterable<string>): Promise<{ lines: string[]; bytes: Bytes }> {
    return onCopy(file, async (path) => {
      const lines = await inShell(path, statements);
      return { lines, bytes: existsSync(path) ? new Uint8Array(readFileSync(path)) : new Uint8Array() };
    });
  },

  /** What `db5.3_verify` and `pragma integrity_check` find wrong with `file`; undefined when both are content. */
  verify(file: Uint8Array): Promise<string | undefined> {
    return onCopy(file, complaintAt);
  },

  /** Every pair of every tree of `file`, read by Berkeley DB alone. */
  trees(file: Uint8Array): Promise<Trees> {
    return onCopy(file, treesAt);
  },

  /** Every cell of every table of `file`, read by `db5.3_sql`. */
  async rows(file: Uint8Array): Promise<Contents> {
    return onCopy(file, async (path) => contentsAt(path, await treesAt(path)));
  },

  /** What `db5.3_dump` says of `file`, changed by `change` and loaded by `db5.3_load`: a file of a kind that `db5.3_sql` does not make. */
  reloaded(file: Uint8Array, options: readonly string[], change = (dump: string): string => dump): Promise<Bytes> {
    return onCopy(file, async (path) => {
      const { stdout } = await run('db5.3_dump', [path]);
      const { status, stderr } = await run('db5.3_load', [...options, `${path}.loaded`], change(stdout));
      if (status !== 0) throw new Error(`db5.3_load (${status}): ${stderr}`);
      return new Uint8Array(readFileSync(`${path}.loaded`));
    });
  },

  /** All that can be said of `file`, on one copy. */
  all(file: Uint8Array): Promise<Verdict> {
    return onCopy(file, async (path) => {
      const complaint = await complaintAt(path);
      const trees = await treesAt(path);
      return { complaint, trees, contents: await contentsAt(path, trees) };
    });
  },
};

async function onCopy<T>(file: Uint8Array | null, job: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'waxwing-berkeley-'));
  try {
    const path = join(folder, 'judged.db');
    if (file !== null) {
      writeFileSync(path, file);
      const pageSize = new DataView(file.buffer, file.byteOffset).getUint32(20, true);
      if (file.length / pageSize > 1000) await giveMutexes(path);
    }
    return await job(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * As it comes, db5.3_sql runs out of mutexes with some 4,000 pages in its cache or 900 trees open. Where there are settings
 * already, it does not forget log positions of elsewhere by itself.
 */
async function giveMutexes(path: string): Promise<void> {
  await run('db5.3_load', ['-r', 'lsn', path]);
  mkdirSync(`${path}-journal`);
  writeFileSync(join(`${path}-journal`, 'DB_CONFIG'), 'mutex_set_max 500000\n');
}

async function inShell(path: string, statements: Iterable<string>): Promise<string[]> {
  const lines = Array.from(statements, (line) => (/^\.|;$/.test(line) ? line : `${line};`));
  const { status, stdout, stderr } = await run('db5.3_sql', ['-batch', path], `${lines.join('\n')}\n`);
  if (status === 0 && stderr === '') return stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
  const log = `${path}-journal/sql-errors.txt`;
  const own = existsSync(log) ? readFileSync(log, 'utf8') : '';
  throw new Error(`db5.3_sql (${status}): ${stderr.slice(0, 1000)}${stdout.slice(-500)}\n${own.slice(0, 1000)}`.trim());
}

/**
 * Rowids 0 and 1 beneath one key stand in the order of their bytes, 1 first in file formats 1 to 3, where SQLite 3.7's check
 * searches for the other: Berkeley DB's own files have this as well, so it is no complaint.
 */
async function complaintAt(path: string): Promise<string | undefined> {
  const { status, stderr, stdout } = await run('db5.3_verify', ['-o', path]);
  if (status !== 0) return `db5.3_verify (${status}): ${stderr}${stdout}`;
  const lines = await inShell(path, ['pragma integrity_check']);
  const wrong = lines.filter((line) => line !== 'ok' && !/^rowid [01] missing from index /.test(line));
  return wrong.length === 0 ? undefined : `pragma integrity_check: ${wrong.join('; ')}`;
}

async function treesAt(path: string): Promise<Trees> {
  const { status, stdout, stderr } = await run('db5.3_dump', [path]);
  if (status !== 0) throw new Error(`db5.3_dump (${status}): ${stderr}`);
  const found = new Map<string, Pair[]>();
  for (const part of stdout.split('VERSION=3\n').slice(1)) {
    const [head = '', body = ''] = part.split('HEADER=END\n');
    const name = /^database=(.*)$/m.exec(head)?.[1];
    if (name === undefined) continue;
    const items = body.slice(0, body.lastIndexOf('DATA=END')).split('\n');
    const pairs: Pair[] = [];
    for (let i = 0; i + 1 < items.length; i += 2) pairs.push([items[i]!.slice(1), items[i + 1]!.slice(1)]);
    found.set(name, pairs);
  }
  return found;
}

const BETWEEN = { columns: '\u001f', answers: '\u001e' };

async function contentsAt(path: string, trees: Trees): Promise<Contents> {
  const ask: Ask = async (queries) => {
    const lines = await inShell(path, [
      `.separator ${BETWEEN.columns}`,
      '.nullvalue NULL',
      ...queries.flatMap((query) => [query, `SELECT '${BETWEEN.answers}'`]),
    ]);
    const answers: string[][][] = [[]];
    for (const line of lines) {
      if (line === BETWEEN.answers) answers.push([]);
      else answers.at(-1)!.push(line.split(BETWEEN.columns));
    }
    return answers.slice(0, -1);
  };
  return exactly(await contentsBy(ask), trees);
}

/** The shell prints 15 digits of a real: puts the stored one in its place, and sees that the two agree as far as that. */
function exactly(contents: Contents, trees: Trees): Contents {
  for (const [name, { rootpage, rows }] of contents.tables) {
    const pairs = trees.get(`table${String(rootpage).padStart(5, '0')}`);
    if (pairs?.length !== rows.length)
      throw new Error(`db5.3_sql reads ${rows.length} rows of ${name}, db5.3_dump ${pairs?.length}.`);
    for (const [i, row] of rows.entries()) {
      const [key, data] = pairs[i]!;
      if (row[0] !== null && row[0] !== `i${rowidOf(key)}`) throw new Error(`db5.3_dump has ${name} in another order.`);
      if (!row.some((cell) => typeof cell === 'number')) continue;
      for (const [column, value] of recordOf(data).entries()) {
        const said = row[column + 1];
        if (typeof said !== 'number') continue;
        const real = Number(value);
        if (said !== real && !(Math.abs(said - real) <= Math.abs(real) * 1e-14))
          throw new Error(`db5.3_sql reads ${said} in ${name} where its record holds ${real}.`);
        row[column + 1] = real;
      }
    }
  }
  return contents;
}

async function run(program: string, args: readonly string[], input = '') {
  // db5.3_sql can wait for a lock of its own: `reindex` and `drop table` in one transaction, for instance.
  const child = spawn(program, args, { timeout: 60_000, killSignal: 'SIGKILL' });
  // Who ends early does not read on, and says why by other means.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
    child.on('error', reject);
  });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
}
