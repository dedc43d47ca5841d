/** Which database a model, and those related to it, are bound to. */
import type { Executor } from '../query/executor.ts';
import type { Metadata } from './metadata.ts';
import { backrefsOf } from './registry.ts';
import type { BindOptions } from './types.ts';

/** Binds for good. */
export function bindModels(meta: Metadata, executor: Executor, options: BindOptions): void {
  for (const one of related(meta, options)) one.rebind(executor);
}

/** Binds while `body` runs. */
export async function bindWhile<T>(
  meta: Metadata,
  executor: Executor,
  body: () => Promise<T> | T,
  options: BindOptions,
): Promise<T> {
  const undo = [...related(meta, options)].map((one) => one.bind(executor));
  try {
    return await body();
  } finally {
    for (const release of undo) release();
  }
}

/** The model and those reached from it along foreign keys, in the directions asked for. */
function related(meta: Metadata, { refs = true, backrefs = true }: BindOptions): Set<Metadata> {
  const found = new Set([meta]);
  // A set also yields what is added while it is walked.
  for (const one of found) {
    if (refs) for (const field of one.fields) if (field.target) found.add(field.target);
    if (backrefs) for (const field of backrefsOf(one)) found.add(field.meta);
  }
  return found;
}
