/** Postgres's extensions that PGlite can load: each fetched when it is first asked for. */
import { EngineLoadError, NotSupportedError } from '../errors.ts';
import { readTar } from '../storage/pglite/tar.ts';
import { readEngineFile } from './engine-file.ts';
import type { PostgresModule } from './pglite-engine.ts';
import { beside } from './pglite-place.ts';
import { CREATES_EXTENSION, LOADS_LIBRARY } from './pglite-sql.ts';

/** What a package of an extension exports, as far as it matters here. */
interface Extension {
  readonly name: string;
  setup(pglite: unknown, options: unknown): Promise<{ readonly bundlePath?: URL }>;
}

type Load = () => Promise<Extension>;

/** THE table of extensions, by the names that CREATE EXTENSION knows. Written out: bundlers look for such expressions. */
const EXTENSIONS: Readonly<Record<string, Load>> = {
  amcheck: async () => (await import('@electric-sql/pglite/contrib/amcheck')).amcheck,
  auto_explain: async () => (await import('@electric-sql/pglite/contrib/auto_explain')).auto_explain,
  bloom: async () => (await import('@electric-sql/pglite/contrib/bloom')).bloom,
  btree_gin: async () => (await import('@electric-sql/pglite/contrib/btree_gin')).btree_gin,
  btree_gist: async () => (await import('@electric-sql/pglite/contrib/btree_gist')).btree_gist,
  citext: async () => (await import('@electric-sql/pglite/contrib/citext')).citext,
  cube: async () => (await import('@electric-sql/pglite/contrib/cube')).cube,
  dict_int: async () => (await import('@electric-sql/pglite/contrib/dict_int')).dict_int,
  dict_xsyn: async () => (await import('@electric-sql/pglite/contrib/dict_xsyn')).dict_xsyn,
  earthdistance: async () => (await import('@electric-sql/pglite/contrib/earthdistance')).earthdistance,
  file_fdw: async () => (await import('@electric-sql/pglite/contrib/file_fdw')).file_fdw,
  fuzzystrmatch: async () => (await import('@electric-sql/pglite/contrib/fuzzystrmatch')).fuzzystrmatch,
  hstore: async () => (await import('@electric-sql/pglite/contrib/hstore')).hstore,
  intarray: async () => (await import('@electric-sql/pglite/contrib/intarray')).intarray,
  isn: async () => (await import('@electric-sql/pglite/contrib/isn')).isn,
  lo: async () => (await import('@electric-sql/pglite/contrib/lo')).lo,
  ltree: async () => (await import('@electric-sql/pglite/contrib/ltree')).ltree,
  moddatetime: async () => (await import('@electric-sql/pglite/contrib/moddatetime')).moddatetime,
  pageinspect: async () => (await import('@electric-sql/pglite/contrib/pageinspect')).pageinspect,
  pg_buffercache: async () => (await import('@electric-sql/pglite/contrib/pg_buffercache')).pg_buffercache,
  pg_freespacemap: async () => (await import('@electric-sql/pglite/contrib/pg_freespacemap')).pg_freespacemap,
  pg_surgery: async () => (await import('@electric-sql/pglite/contrib/pg_surgery')).pg_surgery,
  pg_trgm: async () => (await import('@electric-sql/pglite/contrib/pg_trgm')).pg_trgm,
  pg_visibility: async () => (await import('@electric-sql/pglite/contrib/pg_visibility')).pg_visibility,
  pg_walinspect: async () => (await import('@electric-sql/pglite/contrib/pg_walinspect')).pg_walinspect,
  pgcrypto: async () => (await import('@electric-sql/pglite/contrib/pgcrypto')).pgcrypto,
  seg: async () => (await import('@electric-sql/pglite/contrib/seg')).seg,
  tablefunc: async () => (await import('@electric-sql/pglite/contrib/tablefunc')).tablefunc,
  tcn: async () => (await import('@electric-sql/pglite/contrib/tcn')).tcn,
  tsm_system_rows: async () => (await import('@electric-sql/pglite/contrib/tsm_system_rows')).tsm_system_rows,
  tsm_system_time: async () => (await import('@electric-sql/pglite/contrib/tsm_system_time')).tsm_system_time,
  unaccent: async () => (await import('@electric-sql/pglite/contrib/unaccent')).unaccent,
  'uuid-ossp': async () => (await import('@electric-sql/pglite/contrib/uuid_ossp')).uuid_ossp,
  vector: async () => (await import('@electric-sql/pglite-pgvector')).vector,
};

/** What CREATE EXTENSION … CASCADE also makes. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = { earthdistance: ['cube'] };
const PREFIX = '/pglite';

/** The extension whose files a statement needs. */
export function extensionOf(sql: string): string | null {
  const name = CREATES_EXTENSION.exec(sql)?.[1];
  if (name === undefined) return LOADS_LIBRARY.exec(sql)?.[1] ?? null;
  return name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase();
}

export class Extensions {
  readonly #module: PostgresModule;
  readonly #wasmUrl: string | undefined;
  readonly #loaded = new Map<string, Promise<void>>();
  readonly #ready = new Set<string>();

  /** With `wasmUrl`, the archives lie beside it. */
  constructor(module: PostgresModule, wasmUrl: string | undefined) {
    this.#module = module;
    this.#wasmUrl = wasmUrl;
  }

  /** True when Postgres has the files, or knows best what to say of a name that is not in the table. */
  has(name: string): boolean {
    return !Object.hasOwn(EXTENSIONS, name) || this.#ready.has(name);
  }

  /**
   * Puts the files of an extension where Postgres looks for them.
   * @throws NotSupportedError when its package is not installed.
   * @throws EngineLoadError when they cannot be fetched.
   */
  load(name: string): Promise<void> {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(name);
    this.#loaded.set(name, loading);
    loading.catch(() => this.#loaded.delete(name));
    return loading;
  }

  async #load(name: string): Promise<void> {
    await Promise.all([this.#install(name), ...(REQUIRED[name] ?? []).map((other) => this.load(other))]);
    this.#ready.add(name);
  }

  async #install(name: string): Promise<void> {
    const { FS } = this.#module;
    const place = await this.#place(name);
    const packed = await readEngineFile({ place, remedy: `The extension "${name}" is there.` });
    // Some servers say of an archive that it is compressed for the way, and browsers then unpack it.
    const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
    try {
      for await (const entry of readTar(whole(isPacked ? await unpack(packed) : packed))) {
        if (!('bytes' in entry)) continue;
        const target = `${PREFIX}/${entry.name}`;
        FS.mkdirTree(target.slice(0, target.lastIndexOf('/')));
        FS.writeFile(target, entry.bytes);
      }
    } catch (cause) {
      throw new EngineLoadError(`The archive of the extension "${name}" at ${place} is damaged.`, { cause });
    }
  }

  async #place(name: string): Promise<string> {
    if (this.#wasmUrl !== undefined) return beside(this.#wasmUrl, `${name}.tar.gz`);
    return String((await (await extension(name)).setup(undefined, {})).bundlePath);
  }
}

async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function extension(name: string): Promise<Extension> {
  try {
    return (await EXTENSIONS[name]!()) as Extension;
  } catch (cause) {
    const install = name === 'vector' ? ' Install it: npm install @electric-sql/pglite-pgvector' : '';
    throw new NotSupportedError(`The package of the extension "${name}" could not be loaded.${install}`, { cause });
  }
}
