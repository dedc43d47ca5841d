/** One client's side of an opened database, where the engine is: its calls, its connections, and their end. */
import type { Connection, Driver } from '../driver/driver.ts';
import { ConnectionClosedError, DataError, InternalError, toWire } from '../errors.ts';
import type { Outcome, Rows } from '../wire/statement.ts';
import { offer } from './caller.ts';
import { handOver } from './columns.ts';
import { Outbox } from './outbox.ts';
import type { Reply, Request, Requests, SessionFunctions } from './protocol.ts';
import {
  packOutcome,
  packRows,
  type Shape,
  ShapeReader,
  type WireBatch,
  type WireOutcome,
  type WireStatement,
} from './shapes.ts';
import { Turn } from './turn.ts';

/** Slices of this many rows leave at once: the page builds its objects while the engine reads on. */
const LARGE = 256;
/** So many answers leave before the turn is over: the page makes something of them while the engine goes on. */
const MANY = 1000;

/** A stream being read. */
interface Reading {
  credit: number;
  stopped: boolean;
  wake: () => void;
}

/** A control call that came sooner than the statements sent before it. */
interface Early {
  readonly sent: number;
  readonly resolve: () => void;
}

export class Session {
  readonly #driver: Driver;
  readonly #outbox: Outbox<Reply>;
  readonly #turn = new Turn(() => this.#outbox.post());
  readonly #shapes = new ShapeReader();
  readonly #connections = new Map<number, Connection>();
  readonly #readings = new Map<number, Reading>();
  readonly #forget: readonly (() => void)[];
  #early: Early[] = [];
  #received = 0;
  /** Calls that were not answered yet. */
  #open = 0;
  #ending: Promise<void> | null = null;

  constructor(driver: Driver, control: MessagePort, data: MessagePort) {
    this.#driver = driver;
    this.#outbox = new Outbox<Reply>(data, (reply, cause) => this.#unsendable(reply, cause), MANY);
    this.#forget = [
      driver.on('storage', (error) => this.#say(['storage', toWire(error)])),
      driver.on('notification', ({ channel, payload }) => this.#say(['notification', channel, payload])),
      driver.on('lost', (error) => this.#say(['lost', toWire(error)])),
    ];
    data.onmessage = ({ data: requests }: MessageEvent<Requests>) => this.#receive(requests);
    data.onmessageerror = () => this.#say(['lost', toWire(new InternalError('A message from the page could not be read.'))]);
    // The page is gone without a word: nobody will commit what it began.
    data.addEventListener('close', () => void this.end().catch(() => {}));
    offer(this.#functions(), control);
  }

  /** Answers what is under way, rolls back what is open and lets go of the driver; twice is as good as once. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    for (const reading of this.#readings.values()) stop(reading);
    await Promise.allSettled([...this.#connections.values()].map((connection) => connection.close()));
    this.#connections.clear();
    try {
      await this.#driver.close();
    } finally {
      for (const forget of this.#forget) forget();
      this.#outbox.add(['bye']);
      this.#outbox.post();
      this.#turn.close();
    }
  }

  #functions(): SessionFunctions {
    const driver = this.#driver;
    const inOrder =
      <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (sent: number, ...args: A): Promise<R> => {
        if (this.#received < sent) await new Promise<void>((resolve) => this.#early.push({ sent, resolve }));
        return call(...args);
      };
    return {
      storage: inOrder(() => driver.storage()),
      setDurability: inOrder((durability) => driver.setDurability(durability)),
      flush: inOrder(() => driver.flush()),
      persist: inOrder(() => driver.persist()),
      exportFile: inOrder((as, of, onProgress, signal) => driver.exportFile({ as, of, onProgress, signal })),
      importFile: inOrder((file, onProgress, signal) => driver.importFile(file, { onProgress, signal })),
      close: inOrder(() => this.end()),
    };
  }

  #receive(requests: Requests): void {
    for (const request of requests) this.#serve(request);
    this.#received++;
    if (this.#early.length === 0) return;
    for (const { sent, resolve } of this.#early) if (sent <= this.#received) resolve();
    this.#early = this.#early.filter(({ sent }) => sent > this.#received);
  }

  #serve(request: Request): void {
    switch (request[0]) {
      case 'run':
        this.#run(request[1], request[2], request[3], request[4]);
        break;
      case 'one':
        this.#run(request[1], request[2], [[[request[3], request[4]]]], request[5]);
        break;
      case 'stream':
        this.#stream(request[1], request[2], request[3], request[4], request[5]);
        break;
      case 'more':
        more(this.#readings.get(request[1]));
        break;
      case 'stop':
        stop(this.#readings.get(request[1]));
        break;
      case 'connect':
        this.#connections.set(request[1], this.#driver.connect(label(request[2])));
        break;
      case 'close':
        this.#close(request[1], request[2]);
        break;
      case 'define':
        this.#shapes.define(request);
    }
  }

  #run(call: number, number: number, wire: WireBatch, sliced: boolean): void {
    const { batch, shapes } = this.#shapes.batch(wire, sliced);
    const onRows = sliced ? (index: number, rows: Rows): void => this.#deliver(call, index, rows, shapes) : undefined;
    this.#answer(call, shapes, this.#connections.get(number)?.run(batch, onRows) ?? Promise.reject(noConnection()));
  }

  #close(call: number, number: number): void {
    const connection = this.#connections.get(number);
    this.#connections.delete(number);
    this.#answer(
      call,
      [],
      Promise.resolve(connection?.close()).then(() => []),
    );
  }

  #stream(call: number, number: number, wire: WireStatement, size: number, credit: number): void {
    const shapes: Shape[] = [];
    const statement = this.#shapes.statement(wire, shapes, true);
    const reading: Reading = { credit, stopped: false, wake: () => {} };
    this.#readings.set(call, reading);
    const open = (): AsyncIterable<Rows> => this.#connection(number).stream(statement, size);
    this.#answer(call, shapes, this.#read(call, reading, shapes, open));
  }

  /** Sends slices while the page asks for more. */
  async #read(
    call: number,
    reading: Reading,
    shapes: readonly Shape[],
    open: () => AsyncIterable<Rows>,
  ): Promise<readonly Outcome[]> {
    try {
      for await (const rows of open()) {
        if (reading.stopped) break;
        this.#deliver(call, 0, rows, shapes);
        this.#outbox.post();
        reading.credit--;
        while (reading.credit <= 0 && !reading.stopped) await woken(reading);
        if (reading.stopped) break;
      }
      return [];
    } finally {
      this.#readings.delete(call);
    }
  }

  #connection(number: number): Connection {
    const connection = this.#connections.get(number);
    if (!connection) throw noConnection();
    return connection;
  }

  #deliver(call: number, index: number, rows: Rows, shapes: readonly Shape[]): void {
    handOver(rows, this.#outbox.transfer);
    this.#outbox.add(['rows', call, index, packRows(rows, shapes[index] as Shape)]);
    if (rows.length >= LARGE) this.#outbox.post();
  }

  #answer(call: number, shapes: readonly Shape[], outcomes: Promise<readonly Outcome[]>): void {
    this.#open++;
    outcomes.then(
      (done) => {
        this.#open--;
        for (const { rows } of done) handOver(rows, this.#outbox.transfer);
        const wire = done.map((outcome, index) => packOutcome(outcome, shapes[index] as Shape));
        this.#say(wire.length === 1 ? ['one', call, ...(wire[0] as WireOutcome)] : ['done', call, wire]);
      },
      (error) => {
        this.#open--;
        this.#say(['failed', call, toWire(error)]);
      },
    );
  }

  /** Says it at once when nobody else will be answered soon, else with the answers of this turn. */
  #say(reply: Reply): void {
    this.#outbox.add(reply);
    if (this.#open === 0) this.#outbox.post();
    else this.#turn.end();
  }

  #unsendable(reply: Reply, cause: unknown): void {
    if (reply[0] !== 'one' && reply[0] !== 'done' && reply[0] !== 'rows') return;
    this.#say(['failed', reply[1], toWire(new DataError(`A result cannot be sent to the page: ${String(cause)}`, { cause }))]);
  }
}

function noConnection(): Error {
  return new ConnectionClosedError('This connection is closed.');
}

function label(text: string | undefined): { label: string } | undefined {
  return text === undefined ? undefined : { label: text };
}

function woken(reading: Reading): Promise<void> {
  return new Promise((resolve) => {
    reading.wake = resolve;
  });
}

function more(reading: Reading | undefined): void {
  if (!reading) return;
  reading.credit++;
  reading.wake();
}

function stop(reading: Reading | undefined): void {
  if (!reading) return;
  reading.stopped = true;
  reading.wake();
}
