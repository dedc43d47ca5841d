/** Damaged files of Berkeley DB at the door: imported, or refused with our own error and nothing changed. */
import { describe, expect, it } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { CorruptDatabaseError, NotSupportedError } from '../../src/errors.ts';
import { genuineBytes, openGenuine, soundNames } from '../storage/bdb/genuine.ts';
import { mutated } from '../storage/bdb/mutations.ts';
import { randomFrom } from '../storage/bdb/random.ts';

/** For each file, of those in which Berkeley DB's structure is sound: what is damaged is for SQLite to find. */
const IMPORTS = 20;
/** Damage in the structure is tried 10,000 times elsewhere. */
const REFUSALS = 4;

describe.each(soundNames)('damage of %s', (name) => {
  const bytes = genuineBytes(name);
  const random = randomFrom(name.charCodeAt(1));

  function damagedFile(isSound: boolean): Uint8Array<ArrayBuffer> {
    for (;;) {
      const damaged = mutated(bytes, 4096, random);
      if (isReadable(damaged) === isSound) return new Uint8Array(damaged);
    }
  }

  it('is imported or refused', async () => {
    const db = new BerkeleyDatabase(':memory:');
    for (let count = 0; count < IMPORTS + REFUSALS; count++) {
      await db.importFile(new Blob([genuineBytes('01-empty') as Uint8Array<ArrayBuffer>]));
      await db.executeSql('CREATE TABLE before (a)');
      const error: unknown = await db.importFile(new Blob([damagedFile(count < IMPORTS)])).then(
        () => null,
        (error: unknown) => error,
      );
      if (error === null) continue;
      expect(error instanceof CorruptDatabaseError || error instanceof NotSupportedError, String(error)).toBe(true);
      expect((await db.executeSql('SELECT name FROM sqlite_master')).rows).toEqual([['before']]);
    }
    await db.close();
  });
});

function isReadable(bytes: Uint8Array): boolean {
  try {
    openGenuine(bytes).requireSound();
    return true;
  } catch {
    return false;
  }
}
