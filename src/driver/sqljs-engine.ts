/** Starts sql.js once in this thread, with the files of ours under it. */
import type { SqlJsModule } from 'sql.js';
import { EngineLoadError, EngineMismatchError } from '../errors.ts';
import { FileSystem } from '../storage/vfs/file-system.ts';
import { Heap, type Instance } from '../storage/vfs/heap.ts';
import { locateVfs } from '../storage/vfs/locate.ts';
import { ENGINE_VERSION } from './sqljs-sql.ts';
import { TextWriter } from './sqljs-text.ts';
import { compileEngine } from './sqljs-wasm.ts';

/** The engine this version of Waxwing is built and tested with. */
const EXPECTED = 'sql.js 1.16.0 (SQLite 3.54.1)';

/** The running engine of this thread; all its databases share it. */
export interface Engine {
  /** SQLite's own version. */
  readonly version: string;
  /** The exported C functions. */
  readonly c: SqlJsModule;
  readonly heap: Heap;
  readonly files: FileSystem;
  readonly writer: TextWriter;
  /** Eight bytes in the heap for results that C hands back through pointers. */
  readonly out: number;
}

type Compiled = Promise<WebAssembly.Module | null>;

let engine: Promise<Engine> | undefined;

/**
 * The engine of this thread, started by the first call. A start that failed is tried again by the next call.
 * @throws EngineLoadError, EngineMismatchError
 */
export function loadEngine(wasmUrl?: string, compiled?: Compiled): Promise<Engine> {
  return (engine ??= start(wasmUrl, compiled).catch((error: unknown) => {
    engine = undefined;
    throw error;
  }));
}

async function start(wasmUrl: string | undefined, compiled: Compiled = Promise.resolve(null)): Promise<Engine> {
  // Compiled before sql.js hears of it: a start that fails inside sql.js would never report, and could not be tried again.
  const [init, module] = await Promise.all([importEngine(), compiled.then((module) => module ?? compileEngine(wasmUrl))]);
  const { c, exports } = await instantiate(init, module);
  const all = Object.values(exports);
  const memory = all.find((item) => item instanceof WebAssembly.Memory);
  const table = all.find((item) => item instanceof WebAssembly.Table);
  if (memory === undefined || table === undefined) throw mismatch('unknown');
  const heap = new Heap(memory);
  const instance: Instance = { heap, table, malloc: (bytes) => c._malloc(bytes), free: (pointer) => c._free(pointer) };
  const out = c._malloc(8);
  const { version, vfs } = probe(c, instance, out);
  if (vfs === null) throw mismatch(version);
  return { version, c, heap, files: new FileSystem(instance, vfs), writer: new TextWriter(c, heap), out };
}

/** @throws EngineLoadError when the package is not installed, its script cannot be had, or is served as it is: it is no module */
export async function importEngine(): Promise<typeof import('sql.js').default> {
  const loaded = await import('sql.js').catch((cause: unknown) => ({ cause, default: undefined }));
  if (typeof loaded.default === 'function') return loaded.default;
  throw new EngineLoadError(
    "The package sql.js could not be loaded. Install it beside waxwing: npm install sql.js@1.16.0. With Vite, add the plugin of 'waxwing/vite'.",
    loaded,
  );
}

function instantiate(
  init: typeof import('sql.js').default,
  module: WebAssembly.Module,
): Promise<{ readonly c: SqlJsModule; readonly exports: WebAssembly.Exports }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(new EngineLoadError('The engine could not be started.', { cause }));
    let exports: WebAssembly.Exports | undefined;
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void => {
      WebAssembly.instantiate(module, imports)
        .then((instance) => {
          exports = instance.exports;
          done(instance);
        })
        .catch(fail);
    };
    init({ instantiateWasm }).then((c) => {
      if (exports !== undefined) return resolve({ c, exports });
      reject(
        new EngineLoadError(
          'Other code in this thread has started sql.js already, and it can be started only once. ' +
            'Open the database before that code runs, or in a worker.',
        ),
      );
    }, fail);
  });
}

/** Asks a database in memory for the engine's version and for where its file system is. */
function probe(c: SqlJsModule, instance: Instance, out: number): { readonly version: string; readonly vfs: number | null } {
  const { heap } = instance;
  const text = c._malloc(64);
  heap.setText(text, ':memory:', 64);
  c._sqlite3_open(text, out);
  const database = heap.int(out);
  const vfs = locateVfs(instance, database);
  heap.setText(text, ENGINE_VERSION, 64);
  c._sqlite3_prepare_v2(database, text, -1, out, 0);
  const statement = heap.int(out);
  c._sqlite3_step(statement);
  const version = heap.text(c._sqlite3_column_text(statement, 0));
  c._sqlite3_finalize(statement);
  c._sqlite3_close_v2(database);
  c._free(text);
  return { version, vfs };
}

function mismatch(version: string): EngineMismatchError {
  return new EngineMismatchError(`This version of Waxwing needs ${EXPECTED} and found SQLite ${version}. Install sql.js@1.16.0.`);
}
