/** The page's end of a data port: calls made in one microtask leave as one message, answers find their calls. */
import { DataError, fromWire, type WireError } from '../errors.ts';
import { type CallSite, callSite, withCallSite } from '../util/call-site.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import { packMany } from './columns.ts';
import { unreadable } from './failures.ts';
import type { MakeError } from './link.ts';
import { Outbox } from './outbox.ts';
import type { Replies, Reply, Request } from './protocol.ts';

/** A call that has not been answered. */
interface Pending {
  readonly site: CallSite;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: Error) => void;
  readonly onRows: OnRows | undefined;
}

export interface DataPortEvents {
  readonly storage: (error: Error) => void;
  readonly lost: (error: MakeError) => void;
  readonly bye: () => void;
}

export class DataPort {
  readonly #port: MessagePort;
  readonly #database: string;
  readonly #events: DataPortEvents;
  readonly #outbox: Outbox<Request>;
  readonly #pending = new Map<number, Pending>();
  readonly #post = (): void => {
    this.#scheduled = false;
    this.#outbox.post();
  };
  #scheduled = false;
  #calls = 0;
  #closed: MakeError | null = null;

  constructor(port: MessagePort, database: string, events: DataPortEvents) {
    this.#port = port;
    this.#database = database;
    this.#events = events;
    this.#outbox = new Outbox<Request>(port, (request, cause) => this.#unsendable(request, cause));
    port.onmessage = ({ data }: MessageEvent<Replies>) => {
      for (const reply of data) this.#hear(reply);
    };
    port.onmessageerror = () => events.lost(unreadable);
  }

  /** How many messages were posted, after posting what waits. */
  sent(): number {
    this.#outbox.post();
    return this.#outbox.posted;
  }

  /** Says something that has no answer. */
  tell(request: Request): void {
    if (this.#closed) return;
    this.#outbox.add(request);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#post);
  }

  /** Announces a connection, which costs no message of its own: it goes with the first call on it. */
  announce(connection: number, label: string | undefined): void {
    if (!this.#closed) this.#outbox.add(['connect', connection, label]);
  }

  run(connection: number, batch: Batch, onRows: OnRows | undefined): Promise<readonly Outcome[]> {
    return this.#call(callSite(this.run), onRows, (call) => ['run', call, connection, this.#packed(batch), onRows !== undefined]);
  }

  close(connection: number): Promise<unknown> {
    return this.#call(callSite(this.close), undefined, (call) => ['close', call, connection]);
  }

  /** Starts a stream; `onRows` gets its slices, the promise tells its end. */
  stream(connection: number, statement: Statement, size: number, credit: number, onRows: (rows: Rows) => void): Stream {
    let number = 0;
    const ended = this.#call(
      callSite(this.stream),
      (_index, rows) => onRows(rows),
      (call) => {
        number = call;
        return ['stream', call, connection, statement, size, credit];
      },
    );
    return { call: number, ended };
  }

  /** Fails all calls, pending and later, and hears nothing more. */
  fail(error: MakeError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#port.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { site, reject } of pending) reject(withCallSite(error(), site));
  }

  #call(site: CallSite, onRows: OnRows | undefined, request: (call: number) => Request): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(withCallSite(this.#closed(), site));
      const call = ++this.#calls;
      this.#pending.set(call, { site, resolve, reject, onRows });
      this.tell(request(call));
    });
  }

  #packed(batch: Batch): Batch {
    if (batch.statements.every((statement) => statement.many === undefined)) return batch;
    return { ...batch, statements: batch.statements.map((statement) => packMany(statement, this.#outbox.transfer)) };
  }

  #hear(reply: Reply): void {
    switch (reply[0]) {
      case 'done':
        this.#settle(reply[1], ({ resolve }) => resolve(reply[2]));
        break;
      case 'failed':
        this.#settle(reply[1], ({ site, reject }) => reject(withCallSite(this.#error(reply[2]), site, 'in the worker')));
        break;
      case 'rows':
        this.#deliver(reply[1], reply[2], reply[3]);
        break;
      case 'bye':
        this.#events.bye();
        break;
      case 'storage':
        this.#events.storage(this.#error(reply[1]));
        break;
      case 'lost':
        this.#events.lost(() => this.#error(reply[1]));
    }
  }

  #settle(call: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (pending) how(pending);
  }

  /** Hands a slice to its call. What the caller's listener throws fails its call, not the others. */
  #deliver(call: number, index: number, rows: Rows): void {
    try {
      this.#pending.get(call)?.onRows?.(index, rows);
    } catch (error) {
      this.#settle(call, ({ reject }) => reject(error as Error));
    }
  }

  #error(wire: WireError): Error {
    return fromWire({ ...wire, details: { ...wire.details, database: wire.details.database ?? this.#database } });
  }

  #unsendable(request: Request, cause: unknown): void {
    const error = new DataError(`The statement's values cannot be sent to the worker: ${String(cause)}`, {
      cause,
      database: this.#database,
    });
    if (request[0] !== 'connect') this.#settle(request[1], ({ site, reject }) => reject(withCallSite(error, site)));
  }
}

/** A stream that was started. */
interface Stream {
  readonly call: number;
  readonly ended: Promise<unknown>;
}
