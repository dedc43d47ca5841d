/** Collects what is to be said on a port and says it in one message. */

export class Outbox<T> {
  readonly #port: MessagePort;
  readonly #unsendable: (piece: T, cause: unknown) => void;
  readonly #full: number;
  #pieces: T[] = [];
  #transfer: Transferable[] = [];
  /** How many messages were posted. */
  posted = 0;

  /**
   * `unsendable` hears of a piece that cannot be cloned; the others are sent all the same.
   * `full` pieces are not kept waiting for more.
   */
  constructor(port: MessagePort, unsendable: (piece: T, cause: unknown) => void, full: number = Number.POSITIVE_INFINITY) {
    this.#port = port;
    this.#unsendable = unsendable;
    this.#full = full;
  }

  /** Adds a piece; somebody has to see to it that `post` follows. */
  add(piece: T): void {
    if (this.#pieces.push(piece) >= this.#full) this.post();
  }

  /** Where buffers go that the next message hands over. */
  get transfer(): Transferable[] {
    return this.#transfer;
  }

  /** Posts what has come together. */
  post(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    const transfer = this.#transfer;
    this.#pieces = [];
    this.#transfer = [];
    try {
      this.#send(pieces, transfer);
    } catch (cause) {
      // A failed postMessage detaches nothing and sends nothing: each goes by itself, cloned, to find the one to blame.
      if (pieces.length === 1) this.#unsendable(pieces[0] as T, cause);
      else for (const piece of pieces) this.#sendAlone(piece);
    }
  }

  #sendAlone(piece: T): void {
    try {
      this.#send([piece], []);
    } catch (cause) {
      this.#unsendable(piece, cause);
    }
  }

  #send(pieces: readonly T[], transfer: Transferable[]): void {
    // Reading a list of what to transfer costs more than a small message, though it be empty.
    if (transfer.length === 0) this.#port.postMessage(pieces);
    else this.#port.postMessage(pieces, transfer);
    this.posted++;
  }
}
