/** Runs something when all that was ready in this turn of the event loop has run, microtasks included. */
export class Turn {
  readonly #channel = new MessageChannel();
  #waits = false;

  constructor(run: () => void) {
    this.#channel.port2.onmessage = () => {
      this.#waits = false;
      run();
    };
  }

  /** Asks for one run at the end of this turn, however often it is asked. */
  end(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#channel.port1.postMessage(null);
  }

  close(): void {
    this.#channel.port1.close();
  }
}
