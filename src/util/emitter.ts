/** Typed listeners; one that throws does not keep the others from hearing. */

type Listeners<E> = { [K in keyof E]?: Set<E[K]> };

/** Events by name, each with the type of its listener: `new Emitter<{ saved: (id: number) => void }>()`. */
export class Emitter<E extends { readonly [K in keyof E]: (...args: never[]) => void }> {
  readonly #listeners: Listeners<E> = {};

  /** Adds a listener; what it returns takes it away again. */
  on<K extends keyof E>(event: K, listener: E[K]): () => void {
    const all = this.#listeners[event] ?? new Set();
    this.#listeners[event] = all;
    all.add(listener);
    return () => void all.delete(listener);
  }

  /** True when somebody listens: what nobody hears need not be put together. */
  has(event: keyof E): boolean {
    return (this.#listeners[event]?.size ?? 0) > 0;
  }

  /** Tells all listeners, in the order they came. What one of them throws is reported as uncaught, after all have heard. */
  emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
