/** Which database a model's queries run on. */
import { InterfaceError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { Metadata } from './metadata.ts';

type Open = () => Promise<Executor>;

let openFallback: Open | null = null;
let openingFallback: Promise<Executor> | null = null;
let opened: Executor | null = null;

/** Says what models without a database run on; it is opened when the first of them is used. */
export function setFallbackDatabase(open: Open | null): void {
  openFallback = open;
  openingFallback = null;
  opened = null;
}

/**
 * What a query of this model runs on: what it was bound to, the model's database, the fallback once it is open.
 * Null when that has to be opened first.
 */
export function executorNow(meta: Metadata, bound?: Executor | null): Executor | null {
  const executor = bound ?? meta.database ?? opened;
  return executor?.['~target'] ?? executor;
}

/**
 * Opens the fallback where a query of this model needs it; null when there is nothing to wait for. A query that need not
 * wait begins in the turn it is called in, on the database its proxy stands for then.
 */
export function opening(meta: Metadata, bound?: Executor | null): Promise<Executor> | null {
  return executorNow(meta, bound) ? null : executorOf(meta, bound);
}

/** As `executorNow`, opening the fallback when it comes to that. @throws InterfaceError when there is none */
export async function executorOf(meta: Metadata, bound?: Executor | null): Promise<Executor> {
  const now = executorNow(meta, bound);
  if (now) return now;
  if (!openFallback) throw noDatabase(meta);
  openingFallback ??= openFallback().then((executor) => (opened = executor));
  // A failed opening is tried again by the next query.
  return openingFallback.catch((error: unknown) => {
    openingFallback = null;
    throw error;
  });
}

/** The error of a model that has nothing to run on. */
export function noDatabase(meta: Metadata): InterfaceError {
  return new InterfaceError(
    `${meta.name} has no database: set \`static meta = { database }\` or call ${meta.name}.bind(database)`,
  );
}
