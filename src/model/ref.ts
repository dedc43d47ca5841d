/** A foreign key that has not been loaded: the key is here, the row one `await` away. */

export class RowRef<I> implements PromiseLike<I> {
  declare readonly '~ref': I;
  readonly key: unknown;
  readonly #load: () => Promise<I>;

  constructor(key: unknown, load: () => Promise<I>) {
    this.key = key;
    this.#load = load;
  }

  then<A = I, B = never>(
    onfulfilled?: ((row: I) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#load().then(onfulfilled, onrejected);
  }

  toJSON(): unknown {
    return this.key;
  }
}
