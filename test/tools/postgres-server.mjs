/** A PostgreSQL server for one test run: its own port, its own data, gone with the run. Vitest's set-up of the suites on Node. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const USER = 'waxwing';

/** Everybody may enter, but for `guarded`, who needs a password, `plain`, who may not use TLS, and `secret`, who has to. */
const ACCESS = `
local all all trust
host all guarded 127.0.0.1/32 scram-sha-256
hostssl all plain 127.0.0.1/32 reject
hostnossl all secret 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
`;

/** Nothing here has to survive; what a test forgets to end must not wait for ever. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
  lc_messages: 'C',
  log_min_messages: 'log',
  deadlock_timeout: '200ms',
};

/** Where the newest server's programs are; undefined when there is none. */
export function postgresPrograms() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim();
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(asked ? [asked] : [])];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** True where certificates can be made: it takes OpenSSL 3. */
export function hasOpenssl() {
  return /^OpenSSL [3-9]/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '');
}

/** The server refuses to run as root, so it becomes the user that Debian's package made for it. */
function whoRuns() {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** An authority, and a certificate of it for `localhost` and nobody else; the settings that have the server show it. */
function makeCertificates(folder, who) {
  const file = (name) => join(folder, name);
  const openssl = (...args) => {
    const { status, stderr } = spawnSync('openssl', args, { ...who, cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-subj', '/CN=an authority', '-keyout', file('ca.key'), '-out', file('ca.crt'));
  const signed = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-addext', 'subjectAltName=DNS:localhost'];
  openssl('req', '-x509', ...key, '-subj', '/CN=a server', ...signed, '-keyout', file('tls.key'), '-out', file('tls.crt'));
  return { ssl: 'on', ssl_cert_file: file('tls.crt'), ssl_key_file: file('tls.key') };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function makeCluster(programs, folder, who) {
  const args = ['-D', join(folder, 'data'), '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const { status, stderr } = spawnSync(join(programs, 'initdb'), args, { ...who, cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  writeFileSync(join(folder, 'data', 'pg_hba.conf'), ACCESS);
}

/**
 * Starts a server; null where there is none to start. It ends, and its files go, when `stop` is called or this process dies,
 * however it dies: the shell around it waits for the end of its input. Between `halt` and `start` it is down.
 */
export async function startPostgres({ certified = false } = {}) {
  const programs = postgresPrograms();
  if (programs === undefined) return null;
  const who = whoRuns();
  const folder = mkdtempSync(join(tmpdir(), 'waxwing-postgres-'));
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid);
  makeCluster(programs, folder, who);
  const port = await freePort();
  const tls = certified ? makeCertificates(folder, who) : {};
  const settings = { ...SETTINGS, ...tls, port, unix_socket_directories: folder };
  const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const script = '"$@" & server=$!; read -r word; kill -INT $server; wait $server; cd /; [ "$word" = halt ] || rm -rf "$FOLDER"';
  let child;
  const start = async () => {
    child = spawn('sh', ['-c', script, 'sh', join(programs, 'postgres'), '-D', join(folder, 'data'), ...args], {
      ...who,
      cwd: folder,
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, FOLDER: folder },
    });
    await ready(child);
  };
  const end = async (word) => {
    child.stdin.end(`${word}\n`);
    if (child.exitCode === null) await once(child, 'exit');
  };
  const stop = async () => {
    await end('stop');
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { host: '127.0.0.1', port, user: USER, programs, folder, start, halt: () => end('halt'), stop };
}

async function ready(child) {
  const said = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (!line.includes('ready to accept connections')) continue;
    child.stderr.resume();
    return;
  }
  throw new Error(`The PostgreSQL server did not start:\n${said.join('\n')}`);
}

/** Gives the suites the server's address, or null. */
export async function setup({ provide }) {
  const server = await startPostgres();
  if (server === null) {
    console.log('No PostgreSQL server here: suites skip the backend "postgres server".');
    provide('postgres', null);
    return undefined;
  }
  const { host, port, user, programs } = server;
  provide('postgres', { host, port, user, programs });
  return server.stop;
}
