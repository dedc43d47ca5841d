/** What `sslmode` means: whether to speak TLS, and whom to believe. Postgres manual, "SSL Support" of libpq. */
import { ImproperlyConfigured } from '../errors.ts';
import { nodeFs } from '../storage/node-fs.ts';

/** TLS as pg's client takes it: none, Node's own way to verify, or options of `tls.connect`. */
export type Tls = boolean | object;

const UNVERIFIED: Tls = { rejectUnauthorized: false };

/** By its mode, what is tried in order; `files` are the options that files were given for. */
const MODES: Readonly<Record<string, (files: { readonly ca?: string }) => readonly Tls[]>> = {
  disable: () => [false],
  allow: (files) => [false, { ...files, ...UNVERIFIED }],
  prefer: (files) => [{ ...files, ...UNVERIFIED }, false],
  // With an authority it is verify-ca, as it always was.
  require: (files) => [files.ca === undefined ? { ...files, ...UNVERIFIED } : ofAnyName(files)],
  'no-verify': (files) => [{ ...files, ...UNVERIFIED }],
  'verify-ca': (files) => {
    if (files.ca !== undefined) return [ofAnyName(files)];
    throw new ImproperlyConfigured(
      'sslmode=verify-ca takes sslrootcert=FILE: of all the authorities known here any would do. Or use sslmode=verify-full.',
    );
  },
  'verify-full': (files) => [files],
};

/** What is said by `ssl=`, which pg knows; another word is a mode, or refused: nothing goes unencrypted by mistake. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'no-verify',
};

const FILES: readonly (readonly [param: string, option: string])[] = [
  ['sslrootcert', 'ca'],
  ['sslcert', 'cert'],
  ['sslkey', 'key'],
];

/**
 * Takes what is about TLS out of a URL's params; what they do not say, the variables of libpq may: `PGSSLMODE` and so on.
 * @returns What to try in order; undefined when nothing is said about it.
 * @throws ImproperlyConfigured for a mode that there is not, and for a file that cannot be read.
 */
export function takeTls(params: URLSearchParams): readonly Tls[] | undefined {
  const take = (name: string): string | null => {
    const value = params.get(name);
    params.delete(name);
    return value ?? globalThis.process?.env[`PG${name.toUpperCase()}`] ?? null;
  };
  const files: Record<string, string> = {};
  for (const [param, option] of FILES) {
    const path = take(param);
    // `sslrootcert=system` are those known here, which is what comes without.
    if (path !== null && path !== 'system') files[option] = contents(param, path);
  }
  const word = params.get('ssl') || null;
  const mode = take('sslmode') ?? (word && (PLAIN_WORDS[word] ?? word)) ?? (Object.keys(files).length > 0 ? 'verify-full' : null);
  if (mode === null) return undefined;
  const ways = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
  if (ways === undefined)
    throw new ImproperlyConfigured(`There is no sslmode=${mode}: it is one of ${Object.keys(MODES).join(', ')}.`);
  return ways(files);
}

/** Whether the next way may do where one failed: who answers does not speak TLS, or does not want it so. */
export function mayDoOtherwise(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return code === '28000' || /^(EPROTO$|ERR_SSL)/.test(code) || /SSL/.test(message);
}

/** A certificate of the authority, whatever the name of the host. */
function ofAnyName(files: object): Tls {
  return { ...files, checkServerIdentity: () => undefined };
}

function contents(param: string, path: string): string {
  try {
    return nodeFs().readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ImproperlyConfigured(`The file of ${param} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
