/** The file system that PGlite is given as its `fs`: Postgres's files are those of a cluster, and what changes in them is noted. */
import { NotSupportedError } from '../../errors.ts';
import type { Change, ClusterFiles } from '../cluster.ts';
import { ChangeLog } from './change-log.ts';
import type { EmscriptenFS, EmscriptenModule } from './emscripten.ts';
import { ClusterMount } from './mount.ts';

/** Where PGlite expects the cluster. */
const DATA = '/pglite/data';

/** PGlite's options for its module, of which only the hooks before the start matter here. */
export interface ModuleOptions {
  preRun?: ((module: never) => void)[];
}

/**
 * Reads and writes go to the files of a cluster at once; PGlite's own syncing does nothing. Whoever runs the statements takes
 * the changes when one is done, and between two statements only: the files are then as Postgres, which survives its
 * process dying at any moment, left them.
 *
 * ```ts
 * const fs = new PgliteFilesystem(backend.files);
 * const pg = await PGlite.create({ fs, startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS] });
 * pg.execProtocolRawSync(message);
 * if (fs.dirty) backend.commit(fs.takeChanges());
 * await backend.durable();
 * ```
 */
export class PgliteFilesystem {
  readonly #files: ClusterFiles;
  readonly #log = new ChangeLog();
  #fs: EmscriptenFS | null = null;
  #failure: unknown = null;

  constructor(files: ClusterFiles) {
    this.#files = files;
  }

  /** Whether something was changed since the last take. */
  get dirty(): boolean {
    return !this.#log.isEmpty;
  }

  /** Bytes by which the write-ahead log grew since the last checkpoint: small commits share a page of it. */
  get walBytes(): number {
    return this.#log.walBytes;
  }

  /** Goes up with each commit that changed something, and now and then without one; reading leaves it as it is. */
  get walWrites(): number {
    return this.#log.walWrites;
  }

  /** What was changed since the last take, for `ClusterBackend.commit`. */
  takeChanges(): Change[] {
    return this.#log.take();
  }

  /** The last error of the storage under a call of Postgres since this was asked: to Postgres it was only a number. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  /** Called by PGlite before it starts its module. */
  async init<O extends ModuleOptions>(_pglite: unknown, options: O): Promise<{ emscriptenOpts: O }> {
    const mount = ({ FS }: EmscriptenModule): void => {
      this.#fs = FS;
      FS.mkdirTree(DATA);
      const failed = (error: unknown): void => {
        this.#failure = error;
      };
      FS.mount(new ClusterMount({ fs: FS, files: this.#files, log: this.#log, failed }), {}, DATA);
    };
    return { emscriptenOpts: { ...options, preRun: [...(options.preRun ?? []), mount] } };
  }

  /** Called by PGlite when its module has started. */
  async initialSyncFs(): Promise<void> {}

  /** Called by PGlite after statements: commits are made to last by whoever takes the changes. */
  async syncToFs(): Promise<void> {}

  /** Called by PGlite when Postgres has shut down; what it wrote on its way is still to be taken. */
  async closeFs(): Promise<void> {
    this.#fs?.quit();
    this.#fs = null;
  }

  /** @throws NotSupportedError always: a cluster is exported from its files. */
  async dumpTar(): Promise<never> {
    throw new NotSupportedError('This cluster is exported by its driver, not by PGlite.');
  }
}
