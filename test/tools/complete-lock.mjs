/**
 * Run it after changing dependencies: npm leaves out of the lockfile whatever optional package it could not fetch where
 * the lockfile was made, and `npm ci` then refuses the lockfile everywhere. This adds the builds for other platforms.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));

/** `os`, `cpu` and `libc` as the name of a platform's build tells them, "cli-linux-arm64-musl" say. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'].find((word) =>
    words.includes(word),
  );
  const cpu = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'].find((word) =>
    words.includes(word),
  );
  const libc = words.includes('musl') ? 'musl' : words.some((word) => /^gnu/.test(word)) && os === 'linux' ? 'glibc' : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${parent}/node_modules/${name}`]) continue;
    const version = /\d+\.\d+\.\d+\S*/.exec(range)?.[0];
    const platform = name === 'fsevents' ? { os: ['darwin'] } : platformOf(name);
    if (version === undefined || Object.keys(platform).length === 0) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'The lockfile is complete.' : `Added ${added.join(', ')}`);
