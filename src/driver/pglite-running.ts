/** A Postgres that runs on the files of a cluster: the engine, its file system, its session. */
import { ConnectionClosedError } from '../errors.ts';
import type { OnProgress } from '../storage/backend.ts';
import type { ClusterBackend } from '../storage/cluster.ts';
import { PgliteFilesystem } from '../storage/pglite/filesystem.ts';
import type { Notification } from './driver.ts';
import { checkVersion, type Engine, startEngine } from './pglite-engine.ts';
import { Extensions } from './pglite-extensions.ts';
import type { PgliteFiles } from './pglite-files.ts';
import { Session } from './pglite-session.ts';
import { ENGINE_VERSION, INSTALLED_EXTENSIONS } from './pglite-sql.ts';

/** What a start needs; the same again after a restart. */
export interface Start {
  readonly files: PgliteFiles | null;
  readonly backend: ClusterBackend;
  /** Statements run when the session starts. */
  readonly setup: readonly string[];
  readonly extensions: readonly string[];
  /** Where PGlite's files are, when the app says so. */
  readonly wasmUrl: string | undefined;
  readonly onNotification: (notification: Notification) => void;
  readonly onProgress: OnProgress | undefined;
}

export class Running {
  readonly version: string;
  readonly fs: PgliteFilesystem;
  readonly session: Session;
  readonly extensions: Extensions;
  readonly #engine: Engine;

  private constructor(engine: Engine, fs: PgliteFilesystem, session: Session, extensions: Extensions) {
    this.#engine = engine;
    this.fs = fs;
    this.session = session;
    this.extensions = extensions;
    this.version = checkVersion(String(session.query(ENGINE_VERSION).data[0]![0]));
  }

  /** Starts Postgres on what is stored; where there is nothing yet, on a cluster that initdb makes. */
  static async start(start: Start, isNew: boolean): Promise<Running> {
    if (isNew) start.onProgress?.(0, null, 'initdb');
    const fs = new PgliteFilesystem(start.backend.files);
    const engine = await startEngine(start.files, fs, isNew);
    const session = new Session(engine.module, start.onNotification);
    const extensions = new Extensions(engine.module, start.wasmUrl);
    const running = new Running(engine, fs, session, extensions);
    await running.#provide(start.extensions);
    for (const sql of start.setup) session.query(sql);
    return running;
  }

  /** Shuts Postgres down; what it has written is to be taken from `fs` once more. */
  async close(): Promise<void> {
    if (this.session.isBroken) return;
    this.session.close(new ConnectionClosedError('The database is closed.'));
    await this.#engine.close();
  }

  /** The files of extensions that the cluster uses, or that were asked for, are there before the first statement. */
  async #provide(asked: readonly string[]): Promise<void> {
    const used = this.session.query(INSTALLED_EXTENSIONS).data[0] as readonly string[];
    const missing = (names: readonly string[]): readonly string[] => names.filter((name) => !this.extensions.has(name));
    await Promise.all([
      ...missing(asked).map((name) => this.extensions.load(name)),
      // Without them the database opens all the same: only what needs them fails, and Postgres says what it misses.
      ...missing(used).map((name) => this.extensions.load(name).catch(() => {})),
    ]);
  }
}
