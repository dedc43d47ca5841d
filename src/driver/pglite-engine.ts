/** Starts PGlite on the files of a cluster. */
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { EngineLoadError, EngineMismatchError, InternalError } from '../errors.ts';
import type { PgliteFilesystem } from '../storage/pglite/filesystem.ts';
import { INITDB_PARAMETERS, START_PARAMETERS } from '../storage/pglite/settings.ts';
import { MISSING, type PgliteFiles } from './pglite-files.ts';
import { SESSION_SETTINGS } from './postgres/settings.ts';

/** The engine this version of Waxwing is built and tested with, as its `version()` says it. */
const EXPECTED = 'PGlite 0.5.16';

/** The part of Emscripten's module that is used here. */
export interface PostgresModule {
  readonly HEAPU8: Uint8Array;
  readonly FS: {
    analyzePath(path: string): { readonly exists: boolean };
    mkdirTree(path: string): void;
    writeFile(path: string, data: Uint8Array): void;
  };
  addFunction(callback: (pointer: number, length: number) => number, signature: string): number;
  stackSave(): number;
  stackRestore(pointer: number): void;
  _pgl_set_rw_cbs(read: number, write: number): void;
  _pgl_pq_flush(): void;
  _pq_buffer_remaining_data(): number;
  _PostgresMainLoopOnce(): void;
  _PostgresMainLongJmp(): void;
  _PostgresSendReadyForQueryIfNecessary(): void;
}

/** A running engine. */
export interface Engine {
  readonly module: PostgresModule;
  /** Shuts Postgres down; what it wrote on its way is still to be taken from its file system. */
  close(): Promise<void>;
}

/**
 * Starts Postgres on the cluster of `fs`; an empty one is made by initdb first.
 * @throws EngineLoadError when PGlite cannot be loaded.
 * @throws InternalError when Postgres does not start, with what it said.
 */
export async function startEngine(files: PgliteFiles | null, fs: PgliteFilesystem, isNew: boolean): Promise<Engine> {
  const { PGlite } = await importPglite();
  const said: string[] = [];
  const listen = (line: string): boolean => {
    if (said.length < 200) said.push(line);
    return true;
  };
  const options: PGliteOptions = {
    fs: fs as never,
    startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS, ...sessionParameters()],
    initDbStartParams: [...INITDB_PARAMETERS],
    onStdout: listen,
    onStderr: listen,
    ...(await assets(files, isNew)),
  };
  try {
    const pglite = await guarded(new (bare(PGlite))(options), files === null);
    said.length = 0;
    return { module: moduleOf(pglite), close: () => pglite.close() };
  } catch (cause) {
    if (cause instanceof EngineLoadError) throw cause;
    const words = said.filter((line) => /FATAL|PANIC|ERROR/.test(line)).join(' ');
    throw new InternalError(`Postgres did not start: ${words === '' ? String(cause) : words}`, { cause });
  }
}

/** @throws EngineMismatchError when `version`, the answer of `SELECT version()`, is that of another engine. */
export function checkVersion(version: string): string {
  if (version.includes(`(${EXPECTED})`)) return /^PostgreSQL (\S+)/.exec(version)?.[1] ?? version;
  throw new EngineMismatchError(
    `This version of Waxwing needs ${EXPECTED} and found ${version}. Install @electric-sql/pglite@0.5.16.`,
  );
}

/** @throws EngineLoadError when the package is not installed, or its script cannot be had */
export async function importPglite(): Promise<typeof import('@electric-sql/pglite')> {
  try {
    return await import('@electric-sql/pglite');
  } catch (cause) {
    throw new EngineLoadError(MISSING, { cause });
  }
}

/** PGlite asks for all array types at its start, for a decoding of its own that is not used here. */
function bare(base: typeof PGlite): typeof PGlite {
  return class extends base {
    override async _initArrayTypes(): Promise<void> {}
  };
}

async function assets(files: PgliteFiles | null, isNew: boolean): Promise<PGliteOptions> {
  // What is not used is not fetched either: the smallest module there is.
  const nothing = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  if (files === null) return isNew ? {} : { initdbWasmModule: nothing };
  const { wasm, data } = files;
  return {
    pgliteWasmModule: wasm,
    // All that PGlite wants of the blob, without two copies of its six megabytes.
    fsBundle: { arrayBuffer: async () => data.buffer } as Blob,
    initdbWasmModule: isNew ? await files.initdb() : nothing,
  };
}

/** PGlite loads its own files with nobody listening: a failure shows only as a rejection that nobody handled. */
async function guarded(pglite: PGlite, loadsItself: boolean): Promise<PGlite> {
  if (!loadsItself || typeof addEventListener !== 'function') {
    await pglite.waitReady;
    return pglite;
  }
  let fail: (event: PromiseRejectionEvent) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = (event) => {
      event.preventDefault();
      reject(new EngineLoadError(`The files of PGlite could not be loaded: ${String(event.reason)}.`, { cause: event.reason }));
    };
  });
  addEventListener('unhandledrejection', fail);
  try {
    await Promise.race([pglite.waitReady, failed]);
    return pglite;
  } finally {
    removeEventListener('unhandledrejection', fail);
  }
}

function moduleOf(pglite: PGlite): PostgresModule {
  const module = pglite.Module as unknown as PostgresModule;
  if (typeof module._PostgresMainLoopOnce !== 'function' || typeof module._pgl_set_rw_cbs !== 'function') {
    throw new EngineMismatchError(`This version of Waxwing needs ${EXPECTED}. Install @electric-sql/pglite@0.5.16.`);
  }
  return module;
}

function sessionParameters(): readonly string[] {
  return SESSION_SETTINGS.filter(([name]) => name !== 'client_encoding').flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
