/** A file on a device as it will be: what was written lies over it in memory until the device's file has it, too. */
import type { ByteFile } from '../../backend.ts';
import type { LoggedDelta } from '../../log.ts';
import type { Handle } from '../../paged/handle.ts';

/** Bytes in a block, the unit in which changes lie over the file. */
const BLOCK = 4096;

interface Block {
  readonly bytes: Uint8Array;
  /** How many commits there had been when it was written last. */
  commit: number;
}

export class OverlaidFile implements ByteFile {
  readonly #handle: Handle;
  #size: number;
  /** Bytes of the device's file that count; behind them is zero what no block covers. */
  #valid: number;
  readonly #blocks = new Map<number, Block>();
  /** Commits so far: what is written now belongs to the next one. */
  commits = 0;
  /** How many commits there had been when the file was cut last. */
  #cut = -1;

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#size = this.#valid = handle.size();
  }

  size(): number {
    return this.#size;
  }

  read(into: Uint8Array, at: number): number {
    const length = Math.max(0, Math.min(into.length, this.#size - at));
    if (this.#blocks.size === 0) this.#readBelow(into.subarray(0, length), at);
    else {
      for (let done = 0; done < length; ) {
        const offset = (at + done) % BLOCK;
        const step = Math.min(length - done, BLOCK - offset);
        const block = this.#blocks.get((at + done - offset) / BLOCK);
        if (block !== undefined) into.set(block.bytes.subarray(offset, offset + step), done);
        else this.#readBelow(into.subarray(done, done + step), at + done);
        done += step;
      }
    }
    return length;
  }

  write(from: Uint8Array, at: number): void {
    for (let done = 0; done < from.length; ) {
      const offset = (at + done) % BLOCK;
      const step = Math.min(from.length - done, BLOCK - offset);
      this.#writable((at + done - offset) / BLOCK, step === BLOCK).set(from.subarray(done, done + step), offset);
      done += step;
    }
    this.#size = Math.max(this.#size, at + from.length);
  }

  truncate(size: number): void {
    if (size < this.#size) {
      for (const number of this.#blocks.keys()) if (number * BLOCK >= size) this.#blocks.delete(number);
      this.#blocks.get(Math.floor(size / BLOCK))?.bytes.fill(0, size % BLOCK);
      this.#valid = Math.min(this.#valid, size);
      this.#cut = this.commits;
    }
    this.#size = size;
  }

  sync(): void {}

  close(): void {}

  /** The device's file is another one now, and nothing lies over it. */
  renew(): void {
    this.#blocks.clear();
    this.#size = this.#valid = this.#handle.size();
  }

  /** The device's file has what the first `commits` commits made of the pages of `delta`. */
  settled(delta: LoggedDelta, commits: number): void {
    // Otherwise it was cut since, and behind the cut the device has what is no more.
    if (this.#cut < commits) this.#valid = this.#handle.size();
    const { pages, pageSize } = delta;
    for (let i = 0; i < pages.length; i++) {
      const end = (pages[i]! + 1) * pageSize;
      for (let number = Math.floor((end - pageSize) / BLOCK); number * BLOCK < end; number++) {
        const block = this.#blocks.get(number);
        if (block === undefined || block.commit >= commits) continue;
        if (Math.min(this.#size, (number + 1) * BLOCK) <= this.#valid) this.#blocks.delete(number);
      }
    }
  }

  #readBelow(into: Uint8Array, at: number): void {
    const length = Math.max(0, Math.min(into.length, this.#valid - at));
    if (length > 0) this.#handle.read(into.subarray(0, length), at);
    into.fill(0, length);
  }

  #writable(number: number, isCovered: boolean): Uint8Array {
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = { bytes: new Uint8Array(BLOCK), commit: 0 };
      if (!isCovered) this.#readBelow(block.bytes, number * BLOCK);
      this.#blocks.set(number, block);
    }
    block.commit = this.commits;
    return block.bytes;
  }
}
