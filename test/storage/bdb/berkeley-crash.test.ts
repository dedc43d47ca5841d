/** A Berkeley database stopped at every write and without power: what is found is a state that commits left, and the judges are content with the file. */
import { describe, expect, test } from 'vitest';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { PagedDisk } from '../paged-disk.ts';
import { tearOf } from '../tear.ts';
import { allStates, play, stateOf } from './commits.ts';
import { randomFrom } from './random.ts';
import { openOnDisk } from './session.ts';

describe.each([
  ['the process is gone', 'strict', false],
  ['the power is gone', 'strict', true],
  ['the power is gone, relaxed', 'relaxed', true],
] as const)('%s', (_, durability, power) => {
  test('at any operation: some commits in order are there, and those acknowledged', async () => {
    const states = await allStates(await openOnDisk(new PagedDisk(['file', 'redo'])));
    const whole = new PagedDisk(['file', 'redo']);
    const session = await openOnDisk(whole, { durability });
    await play(session);
    await session.driver.close();
    const { length } = whole.operations;
    expect(length).toBeGreaterThan(durability === 'strict' ? 60 : 20);
    let judged = 0;
    // What the power leaves is chance anyway: every other operation is enough.
    for (let stop = 1; stop <= length; stop += power ? 2 : 1) {
      const disk = new PagedDisk(['file', 'redo']);
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: tearOf(stop, bytes) } : null);
      let acknowledged = 0;
      try {
        const doomed = await openOnDisk(disk, { durability });
        await play(doomed, (n) => (acknowledged = n));
        await doomed.driver.close();
      } catch {
        // It was stopped.
      }
      if (power) disk.losePower(randomFrom(stop));
      disk.decide = () => null;
      const again = await openOnDisk(disk);
      const hasTables = (await again.run("SELECT 1 FROM sqlite_schema WHERE name = 'done'")).length > 0;
      if (hasTables) {
        const n = Number((await again.run('SELECT ifnull(max(n), 0) FROM done'))[0]![0]);
        expect(await stateOf(again)).toBe(states[n]);
        if (durability === 'strict') expect(n).toBeGreaterThanOrEqual(acknowledged);
        expect(await again.run('PRAGMA integrity_check')).toEqual([['ok']]);
        await again.run('INSERT INTO done VALUES (99)');
      } else if (durability === 'strict') expect(acknowledged).toBe(0);
      await again.driver.close();
      const { bytes } = disk.files[0]!;
      if (bytes.length === 0) continue;
      readBdb(pagesOf(bytes, `stop ${stop}`), `stop ${stop}`).requireSound();
      if (hasJudges && stop % 12 === 1) {
        expect(await judge.verify(bytes)).toBeUndefined();
        judged++;
      }
    }
    if (hasJudges) expect(judged).toBeGreaterThan(0);
  }, 180_000);
});
