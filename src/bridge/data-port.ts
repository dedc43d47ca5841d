/** The page's end of a data port: calls made in one microtask leave as one message, answers find their calls. */
import type { Notification } from '../driver/driver.ts';
import { DataError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import { unreadable } from './failures.ts';
import { type MakeError, makeFromWire } from './make-error.ts';
import { Outbox } from './outbox.ts';
import type { Replies, Reply, Request } from './protocol.ts';
import { type Shape, ShapeWriter, unpackOutcome, unpackRows, type WireRows } from './shapes.ts';

/** A call that has not been answered. It fails with how to make its error: see make-error.ts. */
interface Pending {
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: MakeError) => void;
  readonly onRows: OnRows | undefined;
  /** Of its statements, to read the answers by. */
  readonly shapes: readonly Shape[];
}

const NOW = Promise.resolve();

export interface DataPortEvents {
  readonly storage: (error: Error) => void;
  readonly notification: (notification: Notification) => void;
  readonly lost: (error: MakeError) => void;
  readonly bye: () => void;
}

export class DataPort {
  readonly #port: MessagePort;
  readonly database: string;
  readonly #events: DataPortEvents;
  readonly #outbox: Outbox<Request>;
  readonly #shapes = new ShapeWriter((define) => this.#outbox.add(define));
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
    this.database = database;
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
    // Not queueMicrotask, which is a call into the browser and costs several times as much.
    void NOW.then(this.#post);
  }

  /** Announces a connection, which costs no message of its own: it goes with the first call on it. */
  announce(connection: number, label: string | undefined): void {
    if (!this.#closed) this.#outbox.add(['connect', connection, label]);
  }

  run(connection: number, batch: Batch, onRows: OnRows | undefined): Promise<readonly Outcome[]> {
    return this.#call(onRows, (call, shapes) => {
      const wire = this.#shapes.batch(batch, shapes, this.#outbox.transfer);
      const sliced = onRows !== undefined;
      const only = wire.length === 1 && wire[0].length === 1 ? wire[0][0] : undefined;
      if (!Array.isArray(only) || only.length > 2) return ['run', call, connection, wire, sliced];
      return ['one', call, connection, only[0], only[1], sliced];
    });
  }

  close(connection: number): Promise<unknown> {
    return this.#call(undefined, (call) => ['close', call, connection]);
  }

  /** Starts a stream; `onRows` gets its slices, the promise tells its end. */
  stream(connection: number, statement: Statement, size: number, credit: number, onRows: (rows: Rows) => void): Stream {
    let started = 0;
    const ended = this.#call(
      (_index, rows) => onRows(rows),
      (call, shapes) => {
        started = call;
        return ['stream', call, connection, this.#shapes.statement(statement, shapes, this.#outbox.transfer), size, credit];
      },
    );
    return { call: started, ended };
  }

  /** Fails all calls, pending and later, and hears nothing more. */
  fail(error: MakeError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#port.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #call(onRows: OnRows | undefined, request: (call: number, shapes: Shape[]) => Request): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      const call = ++this.#calls;
      const shapes: Shape[] = [];
      this.#pending.set(call, { resolve, reject, onRows, shapes });
      this.tell(request(call, shapes));
    });
  }

  #hear(reply: Reply): void {
    switch (reply[0]) {
      case 'done':
        this.#settle(reply[1], ({ resolve, shapes }) =>
          resolve(reply[2].map((outcome, index) => unpackOutcome(outcome, shapes[index] as Shape))),
        );
        break;
      case 'one': {
        const [, , ...outcome] = reply;
        this.#settle(reply[1], ({ resolve, shapes }) => resolve([unpackOutcome(outcome, shapes[0] as Shape)]));
        break;
      }
      case 'failed':
        this.#settle(reply[1], ({ reject }) => reject(makeFromWire(reply[2])));
        break;
      case 'rows':
        this.#deliver(reply[1], reply[2], reply[3]);
        break;
      case 'bye':
        this.#events.bye();
        break;
      case 'storage':
        this.#events.storage(makeFromWire(reply[1])(this.database));
        break;
      case 'notification':
        this.#events.notification({ channel: reply[1], payload: reply[2] });
        break;
      case 'lost':
        this.#events.lost(makeFromWire(reply[1]));
    }
  }

  #settle(call: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (pending) how(pending);
  }

  /** Hands a slice to its call. What the caller's listener throws fails its call, not the others. */
  #deliver(call: number, index: number, rows: WireRows): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    try {
      pending.onRows?.(index, unpackRows(rows, pending.shapes[index] as Shape));
    } catch (error) {
      this.#settle(call, ({ reject }) => reject(() => error as Error));
    }
  }

  #unsendable(request: Request, cause: unknown): void {
    if (request[0] === 'connect' || request[0] === 'define') return;
    const message = `The statement's values cannot be sent to the worker: ${String(cause)}`;
    const error: MakeError = (database) => new DataError(message, { cause, database });
    this.#settle(request[1], ({ reject }) => reject(error));
  }
}

/** A stream that was started. */
interface Stream {
  readonly call: number;
  readonly ended: Promise<unknown>;
}
