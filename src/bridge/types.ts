/** The functions an app's own worker offers, and how a page sees them. */

/** Functions by name. What they take and return must be cloneable, but for callbacks and AbortSignals among the arguments. */
export type Procedures = Readonly<Record<string, (...args: never[]) => unknown>>;

/** One procedure as the page calls it: the same arguments, a promise of the answer. Its inverse is `Local`. */
export type Remote<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;

/** What a worker has to implement so that the page sees `F`. Its inverse is `Remote`. */
export type Local<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R | Promise<R> : never;

/** All procedures of a worker as the page sees them; `await using`, or `[Symbol.asyncDispose]()`, lets go of the worker. */
export type Connected<P extends Procedures> = { readonly [K in keyof P]: Remote<P[K]> } & AsyncDisposable;
