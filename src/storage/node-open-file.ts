/** One open file on Node. */
import type { ByteFile } from './backend.ts';
import { explained, type Fs } from './node-fs.ts';

/** Shared by all who have it open; the files of the database close it when nobody is left. */
export class NodeFile implements ByteFile {
  readonly #fs: Fs;
  readonly #path: string;
  readonly #fd: number;
  unflushed = false;

  constructor(fs: Fs, path: string, fd: number) {
    this.#fs = fs;
    this.#path = path;
    this.#fd = fd;
  }

  size(): number {
    return this.#attempt(() => this.#fs.fstatSync(this.#fd).size);
  }

  read(into: Uint8Array, at: number): number {
    return this.#attempt(() => {
      let done = 0;
      for (let step = -1; step !== 0 && done < into.length; done += step) {
        step = this.#fs.readSync(this.#fd, into, done, into.length - done, at + done);
      }
      return done;
    });
  }

  write(from: Uint8Array, at: number): void {
    this.unflushed = true;
    this.#attempt(() => writeAll(this.#fs, this.#fd, from, at));
  }

  truncate(size: number): void {
    this.unflushed = true;
    this.#attempt(() => this.#fs.ftruncateSync(this.#fd, size));
  }

  sync(): void {
    this.#attempt(() => this.#fs.fdatasyncSync(this.#fd));
    this.unflushed = false;
  }

  close(): void {}

  /** As `sync`, without holding up the thread. */
  async flush(): Promise<void> {
    if (!this.unflushed) return;
    // Before, not after: what is written meanwhile is for the next time.
    this.unflushed = false;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fs.fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      this.unflushed = true;
      throw error;
    }
  }

  end(): void {
    this.#fs.closeSync(this.#fd);
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw explained(error, this.#path);
    }
  }
}

/** Writes all of `bytes` at `at`, or behind what was written before when that is null. */
export function writeAll(fs: Fs, fd: number, bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(fd, bytes, done, bytes.length - done, at === null ? null : at + done);
  }
}
