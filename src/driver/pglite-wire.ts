/** Hands messages to Postgres and takes its answers, without giving up the thread. */
import { InternalError, ProgrammingError } from '../errors.ts';
import type { PostgresModule } from './pglite-engine.ts';
import { MessageReader, type OnMessage } from './postgres/message-reader.ts';
import { MessageWriter } from './postgres/message-writer.ts';

/** What the engine throws where Postgres jumps back to its main loop after an error. */
const LONG_JUMP = 100;
const COPY_IN = 0x47;
/** Whatever COPY … FROM STDIN asks for, there is nothing; by then it has passed over the Sync that was sent. */
const COPY_FAIL: Uint8Array = new MessageWriter()
  .copyFail('there is nothing to read here: insert the rows instead')
  .sync()
  .take();

export class Wire {
  readonly #module: PostgresModule;
  readonly #reader: MessageReader;
  #input: Uint8Array = new Uint8Array(0);
  #sent = 0;
  #copying = false;
  #broken: Error | null = null;

  /** What comes is given to `onMessage`, which must not throw. */
  constructor(module: PostgresModule, onMessage: OnMessage) {
    this.#module = module;
    this.#reader = new MessageReader((type, bytes, start, end) => {
      if (type === COPY_IN) this.#copying = true;
      onMessage(type, bytes, start, end);
    });
    const read = module.addFunction((pointer, most) => this.#give(pointer, most), 'ipi');
    const write = module.addFunction((pointer, length) => this.#take(pointer, length), 'ipi');
    module._pgl_set_rw_cbs(read, write);
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /**
   * Sends messages and returns when Postgres has read and answered all of them.
   * @throws InternalError when the engine broke, ProgrammingError when the SQL broke it; it cannot be used again.
   */
  exchange(messages: Uint8Array): void {
    if (this.#broken !== null) throw this.#broken;
    const module = this.#module;
    this.#input = messages;
    this.#sent = 0;
    this.#copying = false;
    while (this.#sent < this.#input.length || module._pq_buffer_remaining_data() > 0) this.#loopOnce();
    this.#guard(() => module._PostgresSendReadyForQueryIfNecessary());
    this.#guard(() => module._pgl_pq_flush());
  }

  /** Nothing goes through any more. */
  close(error: Error): void {
    this.#broken ??= error;
  }

  /** Postgres reads one message and does what it says. */
  #loopOnce(): void {
    const module = this.#module;
    const stack = module.stackSave();
    try {
      module._PostgresMainLoopOnce();
    } catch (error) {
      if ((error as { status?: unknown }).status !== LONG_JUMP) throw this.#break(error);
      module.stackRestore(stack);
      this.#guard(() => module._PostgresMainLongJmp());
    }
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      throw this.#break(error);
    }
  }

  #break(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : `it ended with ${JSON.stringify(cause)}`;
    // The stack of JavaScript ends before Postgres believes that its own does.
    this.#broken =
      cause instanceof RangeError
        ? new ProgrammingError('The SQL is nested too deeply.', { code: '54001', cause })
        : new InternalError(`The engine broke: ${reason}.`, { cause });
    return this.#broken;
  }

  #give(pointer: number, most: number): number {
    if (this.#copying && this.#sent === this.#input.length) {
      this.#input = COPY_FAIL;
      this.#sent = 0;
      this.#copying = false;
    }
    const length = Math.min(most, this.#input.length - this.#sent);
    this.#module.HEAPU8.set(this.#input.subarray(this.#sent, this.#sent + length), pointer);
    this.#sent += length;
    return length;
  }

  #take(pointer: number, length: number): number {
    this.#reader.feed(this.#module.HEAPU8, pointer, pointer + length);
    return length;
  }
}
