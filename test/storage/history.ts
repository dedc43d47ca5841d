/** A random history of commits to a backend that keeps pages, and what the files must look like after each of them. */
import type { Backend, Delta } from '../../src/storage/backend.ts';
import { contents, equal, pageOf } from './contract.ts';

export interface History {
  readonly files: readonly string[];
  readonly commits: readonly (readonly Delta[])[];
  /** The files after each number of commits, from none on. */
  readonly states: readonly ReadonlyMap<string, Uint8Array>[];
}

const FILES = ['a.db', 'b.db'];

/** The same `seed` gives the same history. Files grow, shrink and change their page size; some commits are of two files. */
export function historyOf(
  seed: number,
  length: number,
  pageSize: number,
  mostPages: number,
  all: readonly string[] = FILES,
): History {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const commits: Delta[][] = [];
  const states: Map<string, Uint8Array>[] = [new Map()];
  for (let i = 0; i < length; i++) {
    const next = new Map(states.at(-1));
    const files = random(5) === 0 ? all : [all[random(4) === 0 ? 1 : 0] ?? all[0] ?? ''];
    commits.push(
      files.map((file) => {
        const size = random(8) === 0 ? pageSize >> 1 : pageSize;
        const delta = randomDelta(file, next.get(file)?.length ?? 0, size, mostPages, random);
        next.set(file, applied(next.get(file) ?? new Uint8Array(), delta));
        return delta;
      }),
    );
    states.push(next);
  }
  return { files: all, commits, states };
}

/** Number of the state the backend's files are in; throws when it is none from `least` to `most`. */
export function stateOf(backend: Backend, { files, states }: History, least: number, most: number): number {
  let why = '';
  for (let i = most; i >= least; i--) {
    try {
      for (const file of files)
        equal(contents(backend.files.open(file)), states[i]?.get(file) ?? new Uint8Array(), `${file} after ${i} commits`);
      return i;
    } catch (error) {
      why = (error as Error).message;
    }
  }
  throw new Error(`The files are in no state between ${least} and ${most} commits: ${why}`);
}

function randomDelta(
  file: string,
  oldSize: number,
  pageSize: number,
  mostPages: number,
  random: (below: number) => number,
): Delta {
  const old = Math.ceil(oldSize / pageSize);
  const count = Math.min(mostPages, Math.max(1, random(6) === 0 ? random(old + 1) : old + random(3)));
  const chosen = new Set<number>();
  for (let i = 0; i < 3; i++) chosen.add(random(count));
  const pages = [...chosen].sort((a, b) => a - b);
  const images = new Uint8Array(pages.length * pageSize);
  for (const index of pages.keys()) images.set(pageOf(random(1 << 30), pageSize), index * pageSize);
  return { file, pageSize, size: count * pageSize, pages, images };
}

function applied(old: Uint8Array, { pageSize, size, pages, images }: Delta): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(old.subarray(0, size));
  for (let i = 0; i < pages.length; i++) bytes.set(images.subarray(i * pageSize, (i + 1) * pageSize), (pages[i] ?? 0) * pageSize);
  return bytes;
}
