/** Files in memory against a plain array of bytes; names and checksums. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunked } from '../../src/storage/chunked.ts';
import { GroupCommit } from '../../src/storage/group-commit.ts';
import { endsPath, fromPath, toPath } from '../../src/storage/safe-name.ts';
import { CHUNK, MemoryFile } from '../../src/storage/volume.ts';
import { checksum } from '../../src/util/checksum.ts';
import { pageOf, pieces } from './contract.ts';

test('a file in memory does what an array of bytes would', () => {
  const at = fc.integer({ min: 0, max: 2.5 * CHUNK });
  const step = fc.oneof(
    fc.record({ do: fc.constant('write' as const), at, length: fc.integer({ min: 0, max: CHUNK + 10 }) }),
    fc.record({ do: fc.constant('truncate' as const), at, length: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const file = new MemoryFile();
      let model = new Uint8Array();
      for (const [i, { do: action, at, length }] of steps.entries()) {
        const size = action === 'truncate' ? at : Math.max(model.length, length === 0 ? 0 : at + length);
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        if (action === 'truncate') file.truncate(at);
        else if (length > 0) {
          const bytes = new Uint8Array(length).fill(i + 1);
          file.write(bytes, at);
          next.set(bytes, at);
        }
        model = next;
      }
      const read = new Uint8Array(model.length + 10);
      return (
        file.size() === model.length &&
        file.read(read, 0) === model.length &&
        Buffer.compare(read.subarray(0, model.length), model) === 0
      );
    }),
    { numRuns: 60 },
  );
});

test('a stream is cut into chunks however its pieces fall', async () => {
  const bytes = pageOf(4, 2 * CHUNK + 17);
  for (const size of [1 << 19, CHUNK, CHUNK + 1, bytes.length, 99_991]) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunked(pieces(bytes, size), bytes.length)) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK, CHUNK, 17]);
    expect(Buffer.compare(Buffer.concat(chunks), bytes)).toBe(0);
  }
  for await (const _ of chunked(pieces(new Uint8Array(), 1), 0)) expect.unreachable();
});

describe('names', () => {
  test('come back whole from their paths, which no file system minds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ maxLength: 400 }),
          fc.constantFrom('', '.', '..', '../x', '\ud800', 'A'),
        ),
        (name) => {
          const path = toPath(name);
          expect(fromPath(path)).toBe(name);
          for (const piece of path) expect(piece).toMatch(/^[a-z0-9_%-]{0,100}(\.db)?$/);
          expect(path.filter(endsPath)).toHaveLength(1);
        },
      ),
    );
  });

  test('of two databases are never one path, nor one inside the other', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 250, unit: 'binary' }), fc.string({ maxLength: 250, unit: 'binary' }), (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [`${toPath(one).join('/')}/`, `${toPath(other).join('/')}/`];
        return !a.startsWith(b) && !b.startsWith(a);
      }),
    );
  });
});

test('a checksum notices any one bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (bytes, bit) => {
      const before = checksum(bytes);
      const at = bit % (bytes.length * 8);
      const changed = bytes.slice();
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
      return checksum(changed) !== before && checksum(bytes.slice()) === before;
    }),
  );
});

describe('commits that wait together', () => {
  test('are stored in order, in batches, and told in order', async () => {
    const batches: number[][] = [];
    const told: number[] = [];
    const group = new GroupCommit<number>(async (batch) => {
      batches.push([...batch]);
      await null;
    });
    const waiting: Promise<unknown>[] = [];
    for (let i = 0; i < 50; i++) {
      group.add(i);
      waiting.push(group.drained().then(() => told.push(i)));
      if (i % 10 === 0) await null;
    }
    await Promise.all(waiting);
    expect(batches.flat()).toEqual(told);
    expect(batches.length).toBeLessThan(3);
    expect(group.pending).toBe(0);
  });

  test('a waiter who adds more when told does not starve the others', async () => {
    const group = new GroupCommit<string>(async () => {});
    let rounds = 0;
    const greedy = (async () => {
      for (; rounds < 100; rounds++) {
        group.add('greedy');
        await group.drained();
      }
    })();
    group.add('modest');
    await group.drained();
    expect(rounds).toBeLessThan(5);
    await greedy;
  });

  test('a batch that failed comes again with what was added since', async () => {
    const batches: string[][] = [];
    let broken = true;
    const group = new GroupCommit<string>(async (batch) => {
      batches.push([...batch]);
      if (broken) throw new RangeError('full');
    });
    group.add('a');
    await expect(group.drained()).rejects.toThrow('full');
    expect(group.failed).toBe(true);
    group.add('b');
    await expect(group.drained()).rejects.toThrow('full');
    broken = false;
    await group.drained();
    expect(batches).toEqual([['a'], ['a', 'b'], ['a', 'b']]);
    expect([group.failed, group.pending]).toEqual([false, 0]);
  });
});
