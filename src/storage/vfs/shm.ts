/** The memory and locks that connections to one database share in write-ahead mode; both live in this thread. */
import { BUSY, OK, SHM_SHARED, SHM_UNLOCK } from './codes.ts';
import type { Instance } from './heap.ts';

/** One connection's part: which of the eight locks it holds. */
export class SharedUser {
  shared = 0;
  exclusive = 0;
}

/** The shared memory of one database: regions in the engine's heap, kept while any connection uses them. */
export class SharedMemory {
  readonly #instance: Instance;
  readonly #regions: number[] = [];
  readonly #users = new Set<SharedUser>();

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  join(): SharedUser {
    const user = new SharedUser();
    this.#users.add(user);
    return user;
  }

  /** The address of a region; 0 when there is none and none shall be made. */
  region(index: number, bytes: number, extend: boolean): number {
    while (extend && this.#regions.length <= index) {
      const pointer = this.#instance.malloc(bytes);
      if (pointer === 0) break;
      this.#instance.heap.u8.fill(0, pointer, pointer + bytes);
      this.#regions.push(pointer);
    }
    return this.#regions[index] ?? 0;
  }

  /** Takes or gives back the locks `offset` … `offset + count - 1`. */
  lock(user: SharedUser, offset: number, count: number, flags: number): number {
    const mask = (1 << (offset + count)) - (1 << offset);
    if (flags & SHM_UNLOCK) {
      user.shared &= ~mask;
      user.exclusive &= ~mask;
      return OK;
    }
    const wantsShared = (flags & SHM_SHARED) !== 0;
    for (const other of this.#users) {
      const inTheWay = wantsShared ? other.exclusive : other.exclusive | other.shared;
      if (other !== user && inTheWay & mask) return BUSY;
    }
    if (wantsShared) user.shared |= mask;
    else user.exclusive |= mask;
    return OK;
  }

  /** True while any connection reads a snapshot: what the log holds for it must stay. */
  get pinned(): boolean {
    // The first three locks are the writer's, the checkpointer's and recovery's; the others are the readers'.
    for (const user of this.#users) if (user.shared >> 3) return true;
    return false;
  }

  leave(user: SharedUser): void {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    for (const pointer of this.#regions) this.#instance.free(pointer);
    this.#regions.length = 0;
  }
}
