/** What Comlink cannot carry by itself: errors with their class, callbacks, abort signals. Importing this file teaches it. */
import { type TransferHandler, transferHandlers } from 'comlink';
import { fromWire, toWire, type WireError } from '../errors.ts';
import { makeFromWire } from './make-error.ts';

type Callback = (...args: unknown[]) => void;

/** A port that lives as long as one call: a callback's or a signal's. */
interface Line {
  /** Resolves when the other side has said its last word on it. */
  readonly ended: Promise<void>;
  close(): void;
}

/** The lines of the call whose arguments are being sent; sending is synchronous. */
let dialling: Line[] | null = null;
/** The ports behind the callbacks and signals this side received. */
const ports = new WeakMap<object, MessagePort>();

/**
 * Makes a call and answers as it does, but not before everything its callbacks were told has arrived;
 * its callbacks and signals are let go of afterwards.
 */
export async function calling<T>(call: () => Promise<T>): Promise<T> {
  const lines: Line[] = [];
  let answer: Promise<T>;
  dialling = lines;
  try {
    answer = call();
  } finally {
    dialling = null;
  }
  if (lines.length === 0) return answer;
  try {
    const value = await answer;
    await Promise.all(lines.map((line) => line.ended));
    return value;
  } finally {
    for (const line of lines) line.close();
  }
}

/** Lets go of the callbacks and signals among received arguments: the call they came with is over. */
export function hangUp(args: readonly unknown[]): void {
  for (const arg of args) {
    const port = typeof arg === 'object' || typeof arg === 'function' ? ports.get(arg as object) : undefined;
    port?.postMessage(null);
    port?.close();
  }
}

/** A function crosses as a one-way line: what it is called with arrives, what it returns does not go back. */
const callbacks: TransferHandler<Callback, MessagePort> = {
  // Only among the arguments of a call of ours: nobody would ever let go of one that was answered.
  canHandle: (value): value is Callback => dialling !== null && typeof value === 'function',
  serialize(callback) {
    const { port1, port2 } = new MessageChannel();
    const ended = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<unknown[] | null>) => {
        if (data === null) resolve();
        else callback(...data);
      };
    });
    dialling?.push({ ended, close: () => port1.close() });
    return [port2, [port2]];
  },
  deserialize(port) {
    const callback: Callback = (...args) => port.postMessage(args);
    ports.set(callback, port);
    return callback;
  },
};

interface WireSignal {
  readonly port: MessagePort;
  /** Set when it was aborted before it was sent. */
  readonly reason: WireError | null;
}

const signals: TransferHandler<AbortSignal, WireSignal> = {
  canHandle: (value): value is AbortSignal => dialling !== null && value instanceof AbortSignal,
  serialize(signal) {
    const { port1, port2 } = new MessageChannel();
    const tell = (): void => port1.postMessage(toWire(signal.reason));
    signal.addEventListener('abort', tell, { once: true });
    dialling?.push({
      ended: Promise.resolve(),
      close: () => {
        signal.removeEventListener('abort', tell);
        port1.close();
      },
    });
    return [{ port: port2, reason: signal.aborted ? toWire(signal.reason) : null }, [port2]];
  },
  deserialize({ port, reason }) {
    const controller = new AbortController();
    port.onmessage = ({ data }: MessageEvent<WireError | null>) => {
      if (data !== null) controller.abort(fromWire(data));
    };
    if (reason !== null) controller.abort(fromWire(reason));
    ports.set(controller.signal, port);
    return controller.signal;
  },
};

interface Thrown {
  readonly value: unknown;
}

/** As Comlink writes a thrown error, and all we know of it besides. */
interface WireThrown {
  readonly isError: boolean;
  readonly value: unknown;
  readonly waxwing?: WireError;
}

const stock = transferHandlers.get('throw') as TransferHandler<Thrown, WireThrown>;

const errors: TransferHandler<Thrown, WireThrown> = {
  canHandle: stock.canHandle,
  serialize(thrown) {
    const [wire, transfer] = stock.serialize(thrown);
    return [thrown.value instanceof Error ? { ...wire, waxwing: toWire(thrown.value) } : wire, transfer];
  },
  deserialize(wire) {
    if (wire.waxwing === undefined) return stock.deserialize(wire);
    throw makeFromWire(wire.waxwing);
  },
};

// The names are ours but for 'throw', which still reads and is read by a plain Comlink: an app may use one besides.
transferHandlers.set('throw', errors);
transferHandlers.set('waxwing:callback', callbacks);
transferHandlers.set('waxwing:signal', signals);
