/** Finds the default file system structure (`sqlite3_vfs`) in the memory of an engine that cannot register another one. */
import type { Heap, Instance } from './heap.ts';

/** Byte offsets in a `sqlite3_vfs`; all from SQLite's public header. */
export const VFS = {
  version: 0,
  fileSize: 4,
  maxPath: 8,
  next: 12,
  name: 16,
  open: 24,
  delete: 28,
  access: 32,
  fullPathname: 36,
  randomness: 56,
  sleep: 60,
  currentTime: 64,
  currentTimeLong: 72,
  size: 88,
} as const;

/** How many parameters the function in each slot has: what tells the structure from any other bytes. */
const ARITY: readonly (readonly [offset: number, parameters: number])[] = [
  [VFS.open, 5],
  [VFS.delete, 3],
  [VFS.access, 4],
  [VFS.fullPathname, 4],
  [VFS.randomness, 3],
  [VFS.sleep, 2],
  [VFS.currentTimeLong, 2],
];

/**
 * The address of the default `sqlite3_vfs`, or null when it cannot be told beyond doubt.
 * `database` is an open `sqlite3*`: its first word points to the structure in every SQLite so far. That is not documented,
 * so every field is checked against the public layout, and a search stands in for it; two matches are as bad as none.
 */
export function locateVfs(instance: Instance, database: number): number | null {
  const pointer = instance.heap.int(database);
  if (isVfs(instance, pointer)) return pointer;
  return onlyMatch(instance, database) ?? onlyMatch(instance, instance.heap.u8.length);
}

function onlyMatch(instance: Instance, end: number): number | null {
  let found: number | null = null;
  for (let pointer = 4; pointer + VFS.size <= end; pointer += 4) {
    if (!isVfs(instance, pointer)) continue;
    // sql.js carries several structures under different names; "unix" is the one that databases open with.
    if (found !== null) return null;
    found = pointer;
  }
  return found;
}

/** True when the bytes at `pointer` are a sound `sqlite3_vfs` named "unix". */
export function isVfs(instance: Instance, pointer: number): boolean {
  const { heap } = instance;
  const end = heap.u8.length;
  if (pointer <= 0 || pointer % 4 !== 0 || pointer + VFS.size > end) return false;
  const version = heap.int(pointer + VFS.version);
  const fileSize = heap.int(pointer + VFS.fileSize);
  const maxPath = heap.int(pointer + VFS.maxPath);
  const next = heap.int(pointer + VFS.next);
  return (
    version >= 1 &&
    version <= 3 &&
    fileSize >= 8 &&
    fileSize <= 4096 &&
    maxPath >= 64 &&
    maxPath <= 65536 &&
    (next === 0 || (next > 0 && next % 4 === 0 && next + VFS.size <= end)) &&
    isNamed(heap, heap.int(pointer + VFS.name), 'unix') &&
    ARITY.every(([offset, parameters]) => hasArity(instance.table, heap.int(pointer + offset), parameters))
  );
}

function isNamed(heap: Heap, pointer: number, name: string): boolean {
  if (pointer <= 0 || pointer + name.length >= heap.u8.length) return false;
  for (let i = 0; i < name.length; i++) if (heap.u8[pointer + i] !== name.charCodeAt(i)) return false;
  return heap.u8[pointer + name.length] === 0;
}

function hasArity(table: WebAssembly.Table, index: number, parameters: number): boolean {
  if (index <= 0 || index >= table.length) return false;
  const entry: unknown = table.get(index);
  return typeof entry === 'function' && entry.length === parameters;
}
