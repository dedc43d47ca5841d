/** A Berkeley database in IndexedDB stopped at every write and without room: what is found is a state that commits left. */
import { expect, test } from 'vitest';
import { removeBerkeley } from '../../../src/storage/bdb/open-berkeley.ts';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { openIndexedDb } from '../../../src/storage/indexeddb.ts';
import { openMemory } from '../../../src/storage/memory.ts';
import { idbCrashes } from '../idb-crashes.ts';
import { allStates, play, stateOf } from './commits.ts';
import { openSession, type Session, storedBytes } from './session.ts';

const GROUP = 'waxwing-berkeley';
const { freshName, inject, heal } = idbCrashes('berkeley crash');

async function open(name: string): Promise<Session> {
  return openSession(await openIndexedDb({ name, durability: 'relaxed' }, GROUP), { name, durability: 'relaxed' });
}

test.each(['die before', 'die after', 'quota'] as const)(
  '%s any write: some commits in order, and those acknowledged',
  async (fault) => {
    const states = await allStates(await openSession(await openMemory({ name: 'memory', durability: 'strict' })));
    const { writes } = inject();
    const whole = await open(freshName());
    await play(whole);
    await whole.driver.close();
    heal();
    expect(writes.length).toBeGreaterThan(states.length);
    for (let stop = 1; stop <= writes.length; stop++) {
      const name = freshName();
      let acknowledged = 0;
      inject((_, write) => (write === stop ? fault : null));
      try {
        const doomed = await open(name);
        await play(doomed, (n) => (acknowledged = n)).finally(() => doomed.driver.close());
      } catch {
        // It was stopped.
      }
      heal();
      const again = await open(name);
      if ((await again.run("SELECT 1 FROM sqlite_schema WHERE name = 'done'")).length > 0) {
        const n = Number((await again.run('SELECT ifnull(max(n), 0) FROM done'))[0]![0]);
        expect(await stateOf(again)).toBe(states[n]);
        expect(n).toBeGreaterThanOrEqual(acknowledged);
        expect(await again.run('PRAGMA integrity_check')).toEqual([['ok']]);
      } else expect(acknowledged).toBe(0);
      await again.driver.close();
      const raw = await openIndexedDb({ name, durability: 'relaxed' }, GROUP);
      const bytes = storedBytes(raw);
      if (bytes.length > 0) readBdb(pagesOf(bytes, name), name).requireSound();
      await raw.close();
      await removeBerkeley('indexeddb', name);
    }
  },
  60_000,
);
