/** Rows of a query read by a cursor of the server, a batch at a time (peewee's ServerSide). */
import { ImproperlyConfigured } from '../errors.ts';
import type { Executor } from '../query/executor.ts';

/** A query whose rows can be read one after the other. */
export interface Streamable<Row> extends AsyncIterable<Row> {
  /** The same query on another database or transaction. */
  bind(executor: Executor): AsyncIterable<Row>;
}

/** How the rows are fetched. */
export interface ServerSideOptions {
  /** Rows that are fetched together; 1,000 unless told. */
  readonly batchSize?: number;
  /** The transaction to read in; the database itself unless told. */
  readonly executor?: Executor;
}

/** The rows of `query` on `executor`, at most `batchSize` and what travels of them in memory at a time. */
export function serverSide<Row>(executor: Executor, query: Streamable<Row>, batchSize: number): AsyncIterable<Row> {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ImproperlyConfigured(`serverSide takes a batchSize of 1 or more, not ${batchSize}.`);
  return query.bind(new Sized(executor, batchSize));
}

/** An executor that streams in slices of its own size. */
class Sized implements Executor {
  readonly '~target': undefined = undefined;
  readonly #executor: Executor;
  readonly #size: number;

  constructor(executor: Executor, size: number) {
    this.#executor = executor['~target'] ?? executor;
    this.#size = size;
  }

  get dialect(): Executor['dialect'] {
    return this.#executor.dialect;
  }

  get name(): string {
    return this.#executor.name;
  }

  get inTransaction(): boolean {
    return this.#executor.inTransaction;
  }

  run: Executor['run'] = (batch, onRows) => this.#executor.run(batch, onRows);

  stream: Executor['stream'] = (statement) => this.#executor.stream(statement, this.#size);

  atomic: Executor['atomic'] = (body) => this.#executor.atomic(body);
}
