/** TLS to a real server: what is verified, what every `sslmode` of a URL means, and what is said when it cannot be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { OpenOptions, Server } from '../../src/driver/driver.ts';
import { openNodePostgres } from '../../src/driver/node-postgres.ts';
import { rejection } from '../database/rejection.ts';
import { hasOpenssl, type OwnServer, postgresPrograms, startPostgres } from '../tools/postgres-server.mjs';
import { column, run } from './support.ts';

const OPTIONS: OpenOptions = { name: 'postgres', storage: 'memory', durability: 'strict', lockTimeout: 1000, setup: [] };
/** Whether what a session says is encrypted. Postgres manual: pg_stat_ssl. */
const ENCRYPTED = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

const isHere = postgresPrograms() !== undefined && hasOpenssl();
if (!isHere) test.skip('needs a PostgreSQL server and OpenSSL 3', () => {});

describe.runIf(isHere)('a server with a certificate', () => {
  let server: OwnServer;
  let ca: string;
  let other: string;
  beforeAll(async () => {
    server = (await startPostgres({ certified: true }))!;
    ca = join(server.folder, 'ca.crt');
    // An authority as well, but not the one that signed it.
    other = join(server.folder, 'tls.crt');
    const { host, port, user } = server;
    const office = await openNodePostgres(OPTIONS, { host, port, user });
    for (const role of ['plain', 'secret']) await run(office.connect(), `CREATE ROLE ${role} LOGIN`);
    await office.close();
  });
  afterAll(() => server.stop());

  /** True when the session is encrypted. */
  const connect = async (options: Server): Promise<unknown> => {
    const driver = await openNodePostgres(OPTIONS, options);
    try {
      return (await column(driver.connect(), ENCRYPTED))[0];
    } finally {
      await driver.close();
    }
  };
  /** `%` in the params stands for the authority's file, `!` for another's. */
  const url = (params: string, { host = 'localhost', user = 'waxwing' } = {}): Server => ({
    url: `postgresql://${user}@${host}:${server.port}/postgres${params && `?${params}`}`.replace('%', ca).replace('!', other),
  });

  describe('by the option ssl', () => {
    test('is verified, with the authority given', async () => {
      const { port, user } = server;
      const ours = { host: 'localhost', port, user };
      expect(await connect({ ...ours, ssl: { ca: readFileSync(ca, 'utf8') } })).toBe(true);
      expect(await connect({ ...ours, ssl: false })).toBe(false);
      const unknown = await rejection(connect({ ...ours, ssl: true }));
      expect(unknown).toMatchObject({ name: 'OperationalError', database: 'postgres' });
      expect(unknown.message).toMatch(/localhost:.* signed by nobody known here: give the authority as ssl: \{ ca \}/);
      const wrong = await rejection(connect({ ...ours, ssl: { ca: readFileSync(other, 'utf8') } }));
      expect(wrong.message).toContain('signed by nobody known here');
      const elsewhere = await rejection(connect({ ...ours, host: '127.0.0.1', ssl: { ca: readFileSync(ca, 'utf8') } }));
      expect(elsewhere).toMatchObject({ name: 'OperationalError', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      expect(elsewhere.message).toContain('for another host: connect by the name that stands in it');
    });

    test('comes before what a URL says', async () => {
      expect(await connect({ ...url('sslmode=disable'), ssl: { rejectUnauthorized: false } })).toBe(true);
      expect(await connect({ ...url('sslmode=verify-full'), ssl: false })).toBe(false);
    });
  });

  describe('by the sslmode of a URL', () => {
    test.each([
      ['', false],
      ['sslmode=disable', false],
      ['sslmode=allow', false],
      ['sslmode=prefer', true],
      ['sslmode=require', true],
      ['sslmode=require&sslrootcert=%', true],
      ['sslmode=verify-ca&sslrootcert=%', true],
      ['sslmode=verify-full&sslrootcert=%', true],
      ['sslmode=no-verify', true],
      ['ssl=no-verify', true],
      ['ssl=false', false],
      ['ssl=require', true],
    ])('%s', async (params, encrypted) => {
      expect(await connect(url(params))).toBe(encrypted);
    });

    test.each([
      ['sslmode=require&sslrootcert=!', 'signed by nobody known here'],
      ['sslmode=verify-ca&sslrootcert=!', 'signed by nobody known here'],
      ['sslmode=verify-full', 'signed by nobody known here'],
      ['sslmode=verify-full&sslrootcert=!', 'signed by nobody known here'],
      ['sslrootcert=!', 'signed by nobody known here'],
      ['ssl=true', 'signed by nobody known here'],
      ['sslmode=verify-ca', 'sslmode=verify-ca takes sslrootcert=FILE'],
      ['sslmode=maybe', 'There is no sslmode=maybe: it is one of disable, allow,'],
      ['ssl=maybe', 'There is no sslmode=maybe: it is one of disable, allow,'],
      ['sslrootcert=/no/such/file', 'The file of sslrootcert cannot be read: ENOENT'],
    ])('%s is refused', async (params, words) => {
      expect((await rejection(connect(url(params)))).message).toContain(words);
    });

    test('only verify-full cares about the name of the host', async () => {
      const address = { host: '127.0.0.1' };
      expect(await connect(url('sslmode=require', address))).toBe(true);
      expect(await connect(url('sslmode=verify-ca&sslrootcert=%', address))).toBe(true);
      const refused = await rejection(connect(url('sslmode=verify-full&sslrootcert=%', address)));
      expect(refused).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });

    test('what it leaves out the environment may say, as to psql', async () => {
      const { port, user } = server;
      const around = { PGSSLMODE: 'require', PGSSLROOTCERT: ca };
      Object.assign(process.env, around);
      try {
        expect(await connect({ host: '127.0.0.1', port, user })).toBe(true);
        expect(await connect(url(''))).toBe(true);
        expect(await connect(url('sslmode=disable'))).toBe(false);
        expect(await connect({ host: '127.0.0.1', port, user, ssl: false })).toBe(false);
        process.env['PGSSLROOTCERT'] = other;
        expect((await rejection(connect(url('')))).message).toContain('signed by nobody known here');
      } finally {
        for (const name of Object.keys(around)) delete process.env[name];
      }
    });

    test('prefer and allow do as the server wants it', async () => {
      expect(await connect(url('sslmode=prefer', { user: 'plain' }))).toBe(false);
      expect(await connect(url('sslmode=allow', { user: 'secret' }))).toBe(true);
      for (const [params, user] of [
        ['sslmode=require', 'plain'],
        ['sslmode=disable', 'secret'],
      ] as const)
        expect(await rejection(connect(url(params, { user })))).toMatchObject({ name: 'OperationalError', code: '28000' });
    });
  });

  test('a server without TLS', async () => {
    const without = { ...inject('postgres')!, user: 'waxwing' };
    const at = (params: string): Server => ({ url: `postgresql://waxwing@127.0.0.1:${without.port}/postgres?${params}` });
    expect(await connect(at('sslmode=prefer'))).toBe(false);
    expect(await connect(at('sslmode=allow'))).toBe(false);
    for (const params of ['sslmode=require', 'sslmode=verify-full', 'ssl=true']) {
      const refused = await rejection(connect(at(params)));
      expect(refused).toMatchObject({ name: 'OperationalError', database: 'postgres' });
      expect(refused.message).toContain('it does not speak TLS: leave out ssl and sslmode, or turn TLS on in the server.');
    }
  });
});

test.runIf(inject('postgres'))('what a URL leaves out is told beside it, and comes before what it says', async () => {
  const { host, port } = inject('postgres')!;
  const open = async (options: Server): Promise<unknown[]> => {
    const driver = await openNodePostgres(OPTIONS, options);
    try {
      return await column(driver.connect(), "SELECT session_user || ' in ' || current_database()");
    } finally {
      await driver.close();
    }
  };
  expect(await open({ url: `postgresql://${host}`, port, user: 'waxwing' })).toEqual(['waxwing in postgres']);
  expect(await open({ url: `postgresql://nobody@nowhere.invalid:1/`, host, port, user: 'waxwing' })).toEqual([
    'waxwing in postgres',
  ]);
  expect(await open({ url: `postgresql://?host=${host}&port=${port}&user=waxwing` })).toEqual(['waxwing in postgres']);
  const password = async (): Promise<string> => 'geheim';
  expect(await open({ url: `postgresql://waxwing@${host}:${port}/template1`, password })).toEqual(['waxwing in template1']);
  const broken = await rejection(open({ url: 'postgresql://ann:geheim%@host/x' }));
  expect(broken).toMatchObject({ name: 'ImproperlyConfigured' });
  expect(broken.message + broken.stack + String(broken.cause)).not.toContain('geheim');
});
