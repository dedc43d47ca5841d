/** What Postgres answered to the messages sent last, and how its transaction stands. */
import type { Notification } from '../driver.ts';
import { changesOf } from './command-tag.ts';
import { readDescription, readError, readStrings } from './message-reader.ts';
import { type Description, formatsOf, type RowDecoder } from './row-decoder.ts';
import type { ServerFields } from './server-error.ts';

const NO_COLUMNS: Description = { names: [], types: [], formats: formatsOf([]) };

const letter = (text: string): number => text.charCodeAt(0);
const DATA_ROW = letter('D');
const COMPLETE = letter('C');
const READY = letter('Z');
const COLUMNS = letter('T');
const PARAMETERS = letter('t');
const ERROR = letter('E');
const EMPTY = letter('I');
const SUSPENDED = letter('s');
const NOTIFIED = letter('A');
const COPIES_OUT = letter('H');

const IDLE = letter('I');
const FAILED = letter('E');

export class Answers {
  /** Reads the rows that come; whoever expects rows puts it here before. */
  decoder: RowDecoder | null = null;
  description: Description = NO_COLUMNS;
  parameters = 0;
  tag = '';
  changes = 0;
  isEmpty = false;
  /** More rows are there than were asked for. */
  isSuspended = false;
  copiesOut = false;
  error: (ServerFields & { readonly severity: string }) | null = null;
  /** What went wrong here while Postgres ran: nothing may be thrown through it. */
  failure: unknown = null;
  #status = IDLE;
  readonly #onNotification: (notification: Notification) => void;

  constructor(onNotification: (notification: Notification) => void) {
    this.#onNotification = onNotification;
  }

  /** True inside a transaction that was begun and not ended. */
  get isOpen(): boolean {
    return this.#status !== IDLE;
  }

  /** True inside a transaction in which a statement failed. */
  get isAborted(): boolean {
    return this.#status === FAILED;
  }

  /** Forgets the answers, before other messages are sent. */
  reset(): void {
    this.decoder = null;
    this.description = NO_COLUMNS;
    this.parameters = 0;
    this.tag = '';
    this.changes = 0;
    this.isEmpty = this.isSuspended = this.copiesOut = false;
    this.error = this.failure = null;
  }

  hear(type: number, bytes: Uint8Array, start: number, end: number): void {
    try {
      if (type === DATA_ROW) this.decoder!.read(bytes, start);
      else this.#hearOther(type, bytes, start, end);
    } catch (error) {
      this.failure ??= error;
    }
  }

  #hearOther(type: number, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case COMPLETE:
        [this.tag = ''] = readStrings(bytes, start, end);
        this.changes += changesOf(this.tag);
        break;
      case READY:
        this.#status = bytes[start]!;
        break;
      case COLUMNS:
        this.description = readDescription(bytes, start);
        break;
      case PARAMETERS:
        this.parameters = (bytes[start]! << 8) | bytes[start + 1]!;
        break;
      case ERROR:
        this.error ??= readError(bytes, start);
        break;
      case EMPTY:
        this.isEmpty = true;
        break;
      case SUSPENDED:
        this.isSuspended = true;
        break;
      case COPIES_OUT:
        this.copiesOut = true;
        break;
      case NOTIFIED: {
        const [channel = '', payload = ''] = readStrings(bytes, start + 4, end);
        this.#onNotification({ channel, payload });
      }
    }
  }
}
