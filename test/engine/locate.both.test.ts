/** The engine's file system structure is found and nothing else is taken for it; calls from C arrive whole. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Heap, type Instance } from '../../src/storage/vfs/heap.ts';
import { isVfs, locateVfs, VFS } from '../../src/storage/vfs/locate.ts';
import { install } from '../../src/storage/vfs/trampoline.ts';

const AT = 4096;
const NAME = 1024;
const DATABASE = 512;

let instance: Instance;
beforeEach(() => {
  let next = 40_000;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 3 });
  instance = { heap: new Heap(memory), table, malloc: (bytes) => (next += bytes) - bytes, free: () => {} };
  const call = (): number => 0;
  const indexes = install(instance, {
    open: { signature: 'iiiiii', call },
    three: { signature: 'iiii', call },
    four: { signature: 'iiiii', call },
    two: { signature: 'iii', call },
  });
  instance.heap.setText(NAME, 'unix', 8);
  const fields: readonly (readonly [number, number])[] = [
    [VFS.version, 3],
    [VFS.fileSize, 64],
    [VFS.maxPath, 512],
    [VFS.next, 0],
    [VFS.name, NAME],
    [VFS.open, indexes.open],
    [VFS.delete, indexes.three],
    [VFS.access, indexes.four],
    [VFS.fullPathname, indexes.four],
    [VFS.randomness, indexes.three],
    [VFS.sleep, indexes.two],
    [VFS.currentTimeLong, indexes.two],
  ];
  for (const [offset, value] of fields) instance.heap.setInt(AT + offset, value);
  instance.heap.setInt(DATABASE, AT);
});

describe('the structure', () => {
  test('is found through an open database', () => {
    expect(locateVfs(instance, DATABASE)).toBe(AT);
  });

  test('is found by a search when the database does not point to it', () => {
    instance.heap.setInt(DATABASE, 12_345);
    expect(locateVfs(instance, DATABASE)).toBe(AT);
  });

  test('is not guessed when there are two', () => {
    instance.heap.setInt(DATABASE, 0);
    instance.heap.u8.copyWithin(8192, AT, AT + VFS.size);
    expect(locateVfs(instance, DATABASE)).toBeNull();
  });

  test.each<[string, keyof typeof VFS, number]>([
    ['another version', 'version', 9],
    ['no room for a file', 'fileSize', 4],
    ['an odd path length', 'maxPath', 3],
    ['a wild next', 'next', 70_001],
    ['another name', 'name', NAME + 1],
    ['no function', 'open', 0],
    ['a function of other arity', 'open', 4],
    ['an index past the table', 'access', 99],
  ])('is refused with %s', (_, field, value) => {
    instance.heap.setInt(AT + VFS[field], value);
    expect(isVfs(instance, AT)).toBe(false);
    expect(locateVfs(instance, DATABASE)).toBeNull();
  });

  test.each([0, -4, 3, 65_535, 65_536])('is not at %i', (pointer) => {
    expect(isVfs(instance, pointer)).toBe(false);
  });
});

test('arguments arrive, 64 bits as a number, and the answer goes back', () => {
  const seen: number[][] = [];
  const indexes = install(instance, {
    long: { signature: 'iiiij', call: (...args) => 6 + seen.push(args) },
    nothing: { signature: 'vi', call: (...args) => void seen.push(args) },
  });
  const long = instance.table.get(indexes.long) as (a: number, b: number, c: number, at: bigint) => number;
  const nothing = instance.table.get(indexes.nothing) as (a: number) => void;
  expect(long(1, 2, 3, 2n ** 40n + 5n)).toBe(7);
  expect(nothing(-1)).toBeUndefined();
  expect(seen).toEqual([[1, 2, 3, 2 ** 40 + 5], [-1]]);
});

test('views of the heap survive its growth', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const heap = new Heap(memory);
  heap.setInt(8, 42);
  memory.grow(1);
  expect([heap.int(8), heap.u8.length]).toEqual([42, 131_072]);
  heap.setLong(16, 2 ** 33 + 1);
  expect([heap.int(16), heap.int(20)]).toEqual([1, 2]);
  heap.setLong(16, -1);
  expect([heap.int(16), heap.int(20)]).toEqual([-1, -1]);
});
