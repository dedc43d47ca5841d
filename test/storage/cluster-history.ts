/** A random history of a cluster against plain arrays of bytes: files made, written, cut, renamed and removed. */
import type { Change, ClusterBackend, WholeFile } from '../../src/storage/cluster.ts';
import { contents, pageOf } from './contract.ts';

/** What one file is to become, as an engine does it. */
type Action =
  | { readonly do: 'write'; readonly file: string; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'truncate'; readonly file: string; readonly size: number }
  | { readonly do: 'remove'; readonly file: string }
  | { readonly do: 'rename'; readonly file: string; readonly to: string };

/** What happens to the files, and what is committed for it. */
export interface Step {
  readonly actions: readonly Action[];
  readonly changes: readonly Change[];
}

export type State = ReadonlyMap<string, Uint8Array>;

export interface ClusterHistory {
  readonly steps: readonly Step[];
  /** The files after each number of steps, from none on. */
  readonly states: readonly State[];
}

const NAMES = ['base/1', 'base/2', 'pg_wal/1', 'x', 'y'];

/** The same `seed` gives the same history. */
export function historyOf(seed: number, length: number, mostBytes: number, mostWritten = 20_000): ClusterHistory {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const steps: Step[] = [];
  const states: State[] = [new Map()];
  for (let i = 0; i < length; i++) {
    const next = new Map(states.at(-1));
    const step = { actions: [] as Action[], changes: [] as Change[] };
    for (let count = 1 + random(3); count > 0; count--) act(next, step, mostBytes, mostWritten, random);
    steps.push(step);
    states.push(next);
  }
  return { steps, states };
}

/** Does to the files what the step does, and commits it. */
export function play(backend: ClusterBackend, { actions, changes }: Step): void {
  for (const action of actions) {
    if (action.do === 'remove') backend.files.remove(action.file);
    else if (action.do === 'rename') backend.files.rename(action.file, action.to);
    else {
      const file = backend.files.open(action.file);
      if (action.do === 'write') file.write(action.bytes, action.at);
      else file.truncate(action.size);
      file.close();
    }
  }
  // The backend takes the images over; the history may be played again.
  backend.commit(changes.map((change) => ('removed' in change ? change : { ...change, images: change.images.slice() })));
}

export function everythingOf({ files }: ClusterBackend): State {
  const all = [...files.list()].map((name): [string, Uint8Array] => {
    const file = files.open(name);
    const bytes = contents(file);
    file.close();
    return [name, bytes];
  });
  return new Map(all);
}

/** @throws Error when the states differ. */
export function same(actual: State, expected: State, what: string): void {
  const names = (state: State): string => [...state.keys()].sort().join();
  if (names(actual) !== names(expected)) throw new Error(`${what}: ${names(actual)} instead of ${names(expected)}`);
  for (const [name, bytes] of expected) {
    const found = actual.get(name)!;
    if (found.length !== bytes.length) throw new Error(`${what}: ${name} has ${found.length} of ${bytes.length} bytes`);
    if (indexedCompare(found, bytes) >= 0) throw new Error(`${what}: ${name} differs at ${indexedCompare(found, bytes)}`);
  }
}

/** Number of the state the backend's files are in; throws when it is none from `least` to `most`. */
export function stateOf(backend: ClusterBackend, { states }: ClusterHistory, least: number, most: number): number {
  const actual = everythingOf(backend);
  let why = '';
  for (let i = most; i >= least; i--) {
    try {
      same(actual, states[i]!, `after ${i} steps`);
      return i;
    } catch (error) {
      why ||= (error as Error).message;
    }
  }
  throw new Error(`The files are in no state between ${least} and ${most} steps: ${why}`);
}

export function wholeFiles(state: State): WholeFile[] {
  return Array.from(state, ([name, bytes]) => ({ name, bytes: bytes.slice() }));
}

function act(
  files: Map<string, Uint8Array>,
  step: { actions: Action[]; changes: Change[] },
  most: number,
  mostWritten: number,
  random: (below: number) => number,
): void {
  const file = NAMES[random(NAMES.length)]!;
  const old = files.get(file);
  const kind = random(12);
  if (kind === 0) {
    files.delete(file);
    step.actions.push({ do: 'remove', file });
    step.changes.push({ file, removed: true });
  } else if (kind === 1 && old !== undefined) {
    const to = NAMES[random(NAMES.length)]!;
    files.delete(file);
    files.set(to, old);
    step.actions.push({ do: 'rename', file, to });
    if (to === file) return;
    step.changes.push({ file, removed: true }, { file: to, removed: true }, pagesOf(to, old, 8192, [...allPages(old, 8192)]));
  } else if (kind < 5) {
    const size = random(most);
    const bytes = new Uint8Array(size);
    bytes.set((old ?? bytes).subarray(0, size));
    files.set(file, bytes);
    step.actions.push({ do: 'truncate', file, size });
    step.changes.push(pagesOf(file, bytes, 8192, []));
  } else {
    const pageSize = file.startsWith('pg_wal') ? 512 : 8192;
    const at = random(Math.min(most, (old?.length ?? 0) + 20_000));
    const written = pageOf(random(1 << 30), 1 + random(mostWritten));
    const bytes = new Uint8Array(Math.max(old?.length ?? 0, at + written.length));
    if (old !== undefined) bytes.set(old);
    bytes.set(written, at);
    files.set(file, bytes);
    step.actions.push({ do: 'write', file, at, bytes: written });
    const first = Math.floor(at / pageSize);
    const pages = Array.from({ length: Math.ceil((at + written.length) / pageSize) - first }, (_, i) => first + i);
    step.changes.push(pagesOf(file, bytes, pageSize, pages));
  }
}

function* allPages(bytes: Uint8Array, pageSize: number): Generator<number> {
  for (let page = 0; page * pageSize < bytes.length; page++) yield page;
}

function pagesOf(file: string, bytes: Uint8Array, pageSize: number, pages: number[]): Change {
  const images = new Uint8Array(pages.length * pageSize);
  for (const [i, page] of pages.entries()) images.set(bytes.subarray(page * pageSize, (page + 1) * pageSize), i * pageSize);
  return { file, pageSize, size: bytes.length, pages, images };
}

function indexedCompare(some: Uint8Array, others: Uint8Array): number {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return i;
  return -1;
}
