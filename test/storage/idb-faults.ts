/** Makes the real IndexedDB fail where a test wants it to: transactions that never come about, are undone, or whose end nobody hears of. */

/** What becomes of a transaction; `null` lets it be. */
export type Fault =
  /** It cannot be begun, and nothing after it: the process is gone. */
  | 'die before'
  /** It is stored, but nobody is told, and nothing works after it. */
  | 'die after'
  /** It is undone. */
  | 'abort'
  /** It is stored, and then reported as undone. */
  | 'lie'
  /** There is no room. */
  | 'quota'
  | null;

type Transaction = IDBDatabase['transaction'];

export class IdbFaults {
  /** Writing transactions begun so far: the parts they are on. */
  readonly writes: Part[] = [];
  readonly connections: IDBDatabase[] = [];
  readonly #decide: (part: Part, count: number) => Fault;
  readonly #transaction: Transaction = IDBDatabase.prototype.transaction;
  readonly #open: IDBFactory['open'] = IDBFactory.prototype.open;
  #dead = false;

  /** `decide` is asked for each writing transaction, which are counted from 1. */
  constructor(decide: (part: Part, count: number) => Fault = () => null) {
    this.#decide = decide;
    const faults = this;
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<Transaction>): IDBTransaction {
      return faults.#begin(this, args);
    };
    IDBFactory.prototype.open = function (this: IDBFactory, ...args: Parameters<IDBFactory['open']>): IDBOpenDBRequest {
      if (faults.#dead) throw new DOMException('The process is gone.', 'InvalidStateError');
      const request = faults.#open.apply(this, args);
      request.addEventListener('success', () => faults.connections.push(request.result));
      return request;
    };
  }

  /** Everything works again from here on; connections of before are closed. */
  end(): void {
    IDBDatabase.prototype.transaction = this.#transaction;
    IDBFactory.prototype.open = this.#open;
    for (const connection of this.connections) connection.close();
  }

  #begin(db: IDBDatabase, args: Parameters<Transaction>): IDBTransaction {
    if (this.#dead) throw new DOMException('The process is gone.', 'InvalidStateError');
    if (args[1] !== 'readwrite') return this.#transaction.apply(db, args);
    const kind = /^waxwing(-cluster)?-chunks:/.test(db.name) ? 'chunks' : 'log';
    this.writes.push(kind);
    const fault = this.#decide(kind, this.writes.length);
    if (fault === 'die before') {
      this.#dead = true;
      throw new DOMException('The process is gone.', 'InvalidStateError');
    }
    if (fault === 'quota') throw new DOMException('There is no room.', 'QuotaExceededError');
    const transaction = this.#transaction.apply(db, args);
    if (fault === 'die after') this.#dead = true;
    if (fault === 'abort') {
      // A browser may abort what the page has asked it to commit; a page may not.
      transaction.commit = () => {};
      queueMicrotask(() => transaction.abort());
    }
    if (fault === 'die after' || fault === 'lie') misreport(transaction);
    return transaction;
  }
}

/** Calls the transaction's `onabort` when it is complete. */
function misreport(transaction: IDBTransaction): void {
  transaction.addEventListener('complete', (event) => {
    event.stopImmediatePropagation();
    transaction.dispatchEvent(new Event('abort'));
  });
}

/** The two databases one consists of. */
export type Part = 'log' | 'chunks';

/** Opens one of them beside Waxwing. */
export function rawOpen(name: string, part: Part, version?: number): Promise<IDBDatabase> {
  return answer(indexedDB.open(rawName(name, part), version));
}

export function rawName(name: string, part: Part): string {
  return `${part === 'log' ? 'waxwing' : 'waxwing-chunks'}:${name}`;
}

export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Changes what is stored in one part, beside Waxwing. */
export async function tamper(name: string, part: Part, change: (store: IDBObjectStore) => Promise<unknown>): Promise<void> {
  const db = await rawOpen(name, part);
  const transaction = db.transaction('values', 'readwrite');
  const done = new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  await change(transaction.objectStore('values'));
  await done;
  db.close();
}
