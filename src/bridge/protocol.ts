/** What page and worker say to one another: the greeting, the control functions, and the messages of the data port. */
import type { OpenOptions } from '../driver/driver.ts';
import type { WireError } from '../errors.ts';
import type { Durability, OnProgress, StorageState } from '../storage/backend.ts';
import type { Define, Params, WireBatch, WireOutcome, WireRows, WireStatement } from './shapes.ts';

/** Both sides must say the same: a page may meet a worker of an older build that a cache kept. */
export const PROTOCOL = 3;

/** The page's first message on the worker's own channel; everything else goes over the ports it hands over. */
export interface Hello {
  readonly waxwing: 'hello';
  readonly protocol: number;
  /** The Web Lock the worker shall hold while it lives, so that the page learns of its death. */
  readonly alive: string;
  /** Where the worker shall offer `HostFunctions`. */
  readonly control: MessagePort;
}

/** What a worker says when its module has run; a page that greeted too early greets again. */
export interface Here {
  readonly waxwing: 'here';
  readonly protocol: number;
}

/** What a worker offers, by Comlink. */
export interface HostFunctions {
  hello(): Promise<Greeting>;
  /**
   * Opens a database; `SessionFunctions` are offered on `control`, statements come in on `data`. The page may compile the
   * engine: `engine` then brings a module, or null when the worker has to.
   */
  open(options: WireOptions, ports: OpenPorts, onProgress?: OnProgress): Promise<Opened>;
  /** Calls one of the app's procedures. */
  call(procedure: string, ...args: unknown[]): Promise<unknown>;
}

export interface Greeting {
  /** True when the worker holds the lock `Hello.alive`. */
  readonly holdsLock: boolean;
}

export type WireOptions = Omit<OpenOptions, 'onProgress' | 'engine' | 'worker'>;

export interface OpenPorts {
  readonly control: MessagePort;
  readonly data: MessagePort;
  readonly engine: MessagePort | null;
}

export interface Opened {
  /** The engine's version. */
  readonly version: string;
}

/**
 * One client's control of its database, by Comlink. `sent` is how many messages the client had posted on the data
 * port by then: control and data are two ports, and this keeps them in the order in which the client made its calls.
 */
export interface SessionFunctions {
  storage(sent: number): Promise<StorageState>;
  setDurability(sent: number, durability: Durability): Promise<void>;
  flush(sent: number): Promise<void>;
  persist(sent: number): Promise<boolean>;
  exportFile(sent: number, as?: 'sqlite', of?: Blob, onProgress?: OnProgress, signal?: AbortSignal): Promise<Blob>;
  importFile(sent: number, file: Blob, onProgress?: OnProgress, signal?: AbortSignal): Promise<void>;
  close(sent: number): Promise<void>;
}

/** One message of the data port, page to worker: every call made in one microtask. */
export type Requests = readonly Request[];

/** `call` and `connection` are numbers the client chose. */
export type Request =
  | readonly [kind: 'connect', connection: number, label: string | undefined]
  | Define
  /** One statement that both sides know: what an app does most, with as little as possible to clone. */
  | readonly [kind: 'one', call: number, connection: number, slot: number, params: Params, sliced: boolean]
  | readonly [kind: 'run', call: number, connection: number, batch: WireBatch, sliced: boolean]
  /** `credit`: slices the worker may send before it is told `more`. */
  | readonly [kind: 'stream', call: number, connection: number, statement: WireStatement, size: number, credit: number]
  | readonly [kind: 'more', call: number]
  | readonly [kind: 'stop', call: number]
  | readonly [kind: 'close', call: number, connection: number];

/** One message of the data port, worker to page: every answer of one turn of the worker. */
export type Replies = readonly Reply[];

export type Reply =
  | readonly [kind: 'rows', call: number, index: number, rows: WireRows]
  /** The outcome of one statement. */
  | readonly [kind: 'one', call: number, ...outcome: WireOutcome]
  | readonly [kind: 'done', call: number, outcomes: readonly WireOutcome[]]
  | readonly [kind: 'failed', call: number, error: WireError]
  /** Storage failed after a commit was applied. */
  | readonly [kind: 'storage', error: WireError]
  | readonly [kind: 'notification', channel: string, payload: string]
  /** The engine is gone though its worker lives. */
  | readonly [kind: 'lost', error: WireError]
  /** The last message of a session. */
  | readonly [kind: 'bye'];

/** Whether a message on a worker's own channel is ours; an app may use that channel too. */
export function isHello(data: unknown): data is Hello {
  return said(data) === 'hello';
}

/** The same for what a worker says. */
export function isHere(data: unknown): data is Here {
  return said(data) === 'here';
}

function said(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'waxwing' in data ? data.waxwing : undefined;
}
