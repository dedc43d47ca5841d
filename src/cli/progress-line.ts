/** One line of a terminal that tells how far something is. */

/** What it writes to. */
interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds between two changes of the line. */
const PAUSE = 100;
/** Carriage return, and the rest of the line erased (ECMA-48, EL). */
const AGAIN = '\r\x1b[K';

export class ProgressLine {
  readonly #terminal: Terminal | null;
  #step = '';
  #shown = 0;

  /** With null it shows nothing. What is no terminal gets a line for each step. */
  constructor(terminal: Terminal | null) {
    this.#terminal = terminal;
  }

  show(step: string, done: number, total: number | null): void {
    const isNew = step !== this.#step;
    this.#step = step;
    if (this.#terminal === null) return;
    if (!this.#terminal.isTTY) {
      if (isNew) this.#terminal.write(`${step} …\n`);
      return;
    }
    const now = Date.now();
    if (!isNew && now - this.#shown < PAUSE && done !== total) return;
    this.#shown = now;
    this.#terminal.write(`${AGAIN}${step} …${total ? ` ${Math.floor((done / total) * 100)} %` : ''}`);
  }

  /** Says how it ended, in the place of the line. */
  end(text: string): void {
    this.#terminal?.write(`${this.#terminal.isTTY ? AGAIN : ''}${text}\n`);
  }
}
