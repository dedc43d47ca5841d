/** What was changed in a cluster since it was last asked for, in the order in which a backend is to apply it. */
import type { Change } from '../cluster.ts';

/** A file that was changed. */
export interface Changed {
  /** Adds what was changed to `changes`; afterwards the file counts as stored as it is now. */
  takeInto(changes: Change[]): void;
}

export class ChangeLog {
  readonly #changed = new Set<Changed>();
  /** Names of files that are stored and were removed; a new file may have the name by now. */
  readonly #removed = new Set<string>();

  /** Bytes by which the write-ahead log grew since the last checkpoint. */
  walBytes = 0;
  /** How often anything was written to it: at least once for each commit that changed something. */
  walWrites = 0;

  get isEmpty(): boolean {
    return this.#changed.size === 0 && this.#removed.size === 0;
  }

  add(file: Changed): void {
    this.#changed.add(file);
  }

  /** The file is gone, with all that was changed in it. */
  drop(file: Changed): void {
    this.#changed.delete(file);
  }

  /** A stored file is gone by this name. */
  remove(name: string): void {
    this.#removed.add(name);
  }

  take(): Change[] {
    // Removals first: what else has the same name came after it.
    const changes: Change[] = Array.from(this.#removed, (file) => ({ file, removed: true }) as const);
    for (const file of this.#changed) file.takeInto(changes);
    this.#removed.clear();
    this.#changed.clear();
    return changes;
  }
}
