/** The prepared cluster is that of the PGlite that is installed, and what is stored otherwise is recognised before a start. */
import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGlite as Older } from 'pglite-17';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CorruptDatabaseError, EngineMismatchError } from '../../src/errors.ts';
import type { WholeFile } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { DIRECTORIES } from '../../src/storage/pglite/directories.ts';
import { type ClusterImage, readImage, writeImage } from '../../src/storage/pglite/image.ts';
import { prepareCluster } from '../../src/storage/pglite/prepare.ts';
import { readTar, type TarEntry, writeTar } from '../../src/storage/pglite/tar.ts';
import { clusterVersion, ENGINE } from '../../src/storage/pglite/version.ts';
import { makeFiles } from '../tools/make-cluster.ts';
import { imageStream, type Opened, openPglite } from './pglite.ts';

let image: ClusterImage;
beforeAll(async () => {
  image = await readImage(imageStream());
});

describe('the image', () => {
  let opened: Opened;
  beforeAll(async () => {
    const { files, prepared } = await prepare(async () => imageStream());
    expect(prepared).toBe('image');
    opened = await openPglite(files);
  });
  afterAll(() => opened.pglite.close());

  test('is of the PGlite that is installed', async () => {
    const installed = readFileSync(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url), 'utf8');
    expect(ENGINE.pglite).toBe((JSON.parse(installed) as { version: string }).version);
    expect(image.version).toBe(ENGINE.pglite);
    const { rows } = await opened.pglite.query(
      'SELECT current_setting($1)::int / 10000 AS postgres, catalog_version_no AS catalog FROM pg_control_system()',
      ['server_version_num'],
    );
    expect(rows).toEqual([{ postgres: ENGINE.postgres, catalog: ENGINE.catalog }]);
  });

  test('is small: files that hold the same are one, and the log is one file without anything in it', () => {
    expect(readFileSync(new URL('../../src/driver/pglite-cluster.bin', import.meta.url)).length).toBeLessThan(1_050_000);
    const logs = image.files.filter(({ name }) => name.startsWith('pg_wal/'));
    expect(logs.map(({ bytes }) => bytes.length)).toEqual([1 << 20]);
    expect(logs[0]?.bytes.subarray(16_384).every((byte) => byte === 0)).toBe(true);
    expect(new Set(image.files.map(({ bytes }) => bytes)).size).toBeLessThan(image.files.length / 3);
  });

  test('has settings that fit where it is run, and Postgres as one knows it', async () => {
    const { rows } = await opened.pglite.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN ('wal_segment_size', 'data_checksums', 'full_page_writes',
        'wal_level', 'fsync', 'shared_buffers', 'server_encoding', 'lc_collate', 'TimeZone') ORDER BY name`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: 'off',
      fsync: 'off',
      full_page_writes: 'off',
      server_encoding: 'UTF8',
      shared_buffers: '2048',
      TimeZone: 'UTC',
      wal_level: 'minimal',
      wal_segment_size: '1048576',
    });
    const databases = await opened.pglite.query('SELECT datname, datlocale FROM pg_database ORDER BY datname');
    expect(databases.rows).toEqual(['postgres', 'template0', 'template1'].map((datname) => ({ datname, datlocale: 'C.UTF-8' })));
    const cases = await opened.pglite.query("SELECT lower('ÀÉ') AS lower, 'É' ILIKE 'é' AS alike, initcap('éa ön') AS words");
    expect(cases.rows).toEqual([{ lower: 'àé', alike: true, words: 'Éa Ön' }]);
  });

  test('is what the script makes', async () => {
    const made = await makeFiles();
    const sizes = (files: readonly WholeFile[]): string[] =>
      files.filter(({ name }) => !name.startsWith('pg_wal/')).map(({ name, bytes }) => `${name} ${bytes.length}`);
    expect(sizes(made)).toEqual(sizes(image.files));
  }, 60_000);
});

describe('without an image that fits', () => {
  test.each([
    ['none can be had', async () => null],
    ['it cannot be fetched', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['it is damaged', async () => imageStream(new Uint8Array([1, 2, 3]))],
    ['something else came', async () => compressed(writeTar([{ name: 'other', bytes: new Uint8Array(9) }]))],
    ['it is of another version', async () => compressed(writeImage('0.4.0', image.files.slice(0, 5), String))],
  ])('%s: the storage stays empty', async (_, load) => {
    const { files, prepared } = await prepare(load);
    expect(prepared).toBe('none');
    expect([...files.list()]).toEqual([]);
  });

  test('the engine makes a cluster itself, through the same files', async () => {
    const { files } = await openMemoryCluster({ name: 'initdb', durability: 'strict' });
    const { fs, pglite } = await openPglite(files);
    expect(fs.takeChanges().length).toBeGreaterThan(900);
    await pglite.exec('CREATE TABLE kept AS SELECT 42 AS n');
    await pglite.close();
    expect(clusterVersion(files)).toEqual({ postgres: ENGINE.postgres, catalog: ENGINE.catalog });
    const again = await openPglite(files);
    expect((await again.pglite.query('SELECT n FROM kept')).rows).toEqual([{ n: 42 }]);
    await again.pglite.close();
  }, 60_000);
});

describe('a stored cluster', () => {
  test('is left as it is, and no image is fetched', async () => {
    const backend = await openMemoryCluster({ name: 'stored', durability: 'strict' });
    await backend.replaceAll(image.files, image.bytes);
    const fetched = (): Promise<never> => Promise.reject(new Error('fetched'));
    expect(await prepareCluster(backend, fetched)).toBe('found');
  });

  test.each([
    ['17', 'Postgres 17'],
    ['19', 'Postgres 19'],
  ])('of Postgres %s is refused, with what to do', async (major, named) => {
    const refused = prepareStored({ PG_VERSION: new TextEncoder().encode(`${major}\n`) });
    await expect(refused).rejects.toThrow(EngineMismatchError);
    await expect(refused).rejects.toThrow(new RegExp(`written by ${named}; .*upgrade\\(\\)`));
    await expect(refused).rejects.toMatchObject({ code: Number(major) });
  });

  test('that another PGlite exported is read, and recognised', async () => {
    const older = await Older.create();
    const archive = await older.dumpDataDir('none');
    await older.close();
    const files: WholeFile[] = [];
    for await (const entry of readTar(piecesOf(new Uint8Array(await archive.arrayBuffer()))))
      if ('bytes' in entry) files.push(entry);
    const backend = await openMemoryCluster({ name: 'older', durability: 'strict' });
    await backend.replaceAll(files, null);
    expect(clusterVersion(backend.files)).toEqual({ postgres: 17, catalog: 202406281 });
    await expect(prepareCluster(backend, async () => null)).rejects.toThrow(/written by Postgres 17/);
  }, 60_000);

  test('of a preliminary version of the same Postgres is refused', async () => {
    const control = image.files.find(({ name }) => name === 'global/pg_control')?.bytes.slice() ?? new Uint8Array();
    new DataView(control.buffer).setUint32(12, 202501011, true);
    await expect(prepareStored({ 'global/pg_control': control })).rejects.toThrow(
      /preliminary Postgres 18 \(catalog 202501011\)/,
    );
  });

  test.each([
    ['a version that is none', { PG_VERSION: new TextEncoder().encode('?') }],
    ['too short a control file', { 'global/pg_control': new Uint8Array(3) }],
  ])('with %s is damaged', async (_, changed) => {
    await expect(prepareStored(changed)).rejects.toThrow(CorruptDatabaseError);
  });
});

describe('an archive', () => {
  test('comes back as it was written, whatever the sizes', async () => {
    const sizes = [0, 1, 511, 512, 513, 9000];
    const entries = sizes.map((size) => ({ name: `base/5/${size}`, bytes: new Uint8Array(size).map((_, at) => at * 7 + size) }));
    const archive = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of writeTar(entries)) for (let at = 0; at < piece.length; at += 300) yield piece.subarray(at, at + 300);
    };
    expect(await entriesOf(readTar(archive()))).toEqual(entries);
  });

  test('of ours is read by PGlite', async () => {
    const archive = new Blob([...writeTar(image.files, DIRECTORIES)] as Uint8Array<ArrayBuffer>[]);
    const pglite = await PGlite.create({ loadDataDir: archive });
    expect((await pglite.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pglite.close();
  });

  test.each([
    ['is no archive', (archive: Uint8Array) => archive.fill(65), 'not a tar archive'],
    ['has a damaged header', (archive: Uint8Array) => archive.fill(66, 0, 4), 'not a tar archive'],
    ['was cut', (archive: Uint8Array) => archive.subarray(0, 600), 'ends in the middle of PG_VERSION'],
  ])('that %s is refused', async (_, damage, message) => {
    const archive = Buffer.concat([...writeTar([{ name: 'PG_VERSION', bytes: new Uint8Array(700) }])]);
    await expect(entriesOf(readTar(piecesOf(damage(new Uint8Array(archive)))))).rejects.toThrow(message);
  });
});

async function prepare(load: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>) {
  const backend = await openMemoryCluster({ name: 'prepared', durability: 'strict' });
  return { files: backend.files, prepared: await prepareCluster(backend, load) };
}

/** What becomes of a stored cluster some files of which are others. */
async function prepareStored(changed: Readonly<Record<string, Uint8Array>>): Promise<unknown> {
  const backend = await openMemoryCluster({ name: 'stored', durability: 'strict' });
  const files = image.files.map(({ name, bytes }) => ({ name, bytes: changed[name] ?? bytes }));
  await backend.replaceAll(files, null);
  return prepareCluster(backend, async () => null);
}

function compressed(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(Buffer.concat([...pieces]));
  return new Blob([whole]).stream().pipeThrough(new CompressionStream('gzip'));
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function entriesOf(archive: AsyncIterable<TarEntry>): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const entry of archive) entries.push(entry);
  return entries;
}
