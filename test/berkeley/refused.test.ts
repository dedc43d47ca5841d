/** Genuine files of Berkeley DB that are no databases of Berkeley DB SQL, or of a kind that is not read: what is said of them. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { CorruptDatabaseError, NotSupportedError } from '../../src/errors.ts';
import { hasJudges, judge } from '../tools/berkeley.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A file of one tree: as `db5.3_load -T` reads it. */
const plain = (): string => 'one\n1\ntwo\n2\n';

let sound: Bytes;
beforeAll(async () => {
  if (hasJudges) sound = (await judge.sql(null, ['create table t(a)', 'insert into t values (1)'])).bytes;
});

async function refusal(file: Bytes): Promise<Error> {
  await using database = new BerkeleyDatabase(':memory:');
  await database.importFile(sound);
  const error = await database.importFile(file).then(
    () => new Error('It was imported.'),
    (reason: Error) => reason,
  );
  expect((await database.executeSql('SELECT a FROM t')).rows).toEqual([[1]]);
  return error;
}

describe.skipIf(!hasJudges)('refused files', () => {
  test.each([
    ['with checksums', ['-c', 'chksum=1'], undefined, NotSupportedError, /checksums/],
    ['encrypted', ['-P', 'secret'], undefined, NotSupportedError, /encrypted/],
    ['big-endian', ['-c', 'db_lorder=4321'], undefined, NotSupportedError, /big-endian/],
    ['pages too large', [], (dump: string) => dump.replaceAll('=4096', '=65536'), NotSupportedError, /65536/],
    ['without its header', [], (dump: string) => dump.replaceAll('=metadb', '=other'), CorruptDatabaseError, /metadb/],
    ['a hash', ['-T', '-t', 'hash'], plain, CorruptDatabaseError, /hash/],
    ['a queue', ['-T', '-t', 'queue', '-c', 're_len=10'], () => 'one\ntwo\n', CorruptDatabaseError, /queue/],
    ['a list', ['-T', '-t', 'recno'], () => 'one\ntwo\n', CorruptDatabaseError, /not a database of Berkeley DB SQL/],
    ['one tree', ['-T', '-t', 'btree'], plain, CorruptDatabaseError, /not a database of Berkeley DB SQL/],
  ] as const)('%s', async (_, options, change, kind, message) => {
    const error = await refusal(await judge.reloaded(sound, options, change));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  test('copied before its checkpoint', async () => {
    const copy = readFileSync(new URL('../storage/bdb/corpus/90-not-checkpointed.db', import.meta.url));
    const error = await refusal(new Uint8Array(copy));
    expect(error).toBeInstanceOf(CorruptDatabaseError);
    expect(error.message).toMatch(/logs beside it.*db5\.3_sql/);
  });

  test('cut short, or none at all', async () => {
    for (const file of [sound.slice(0, -100), sound.slice(0, 4096), sound.slice(0, 50), new Uint8Array(5000), new Uint8Array()])
      expect(await refusal(file)).toBeInstanceOf(CorruptDatabaseError);
  });
});
