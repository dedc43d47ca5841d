/** A model under another name, to join it twice or to itself. */
import type { Executor } from '../query/executor.ts';
import type { Metadata } from './metadata.ts';
import { ModelSelectQuery } from './select.ts';
import { columnsOf, ModelSource } from './source.ts';

/** The alias: its columns as properties, its own `c`, and `select`. */
export function modelAlias(meta: Metadata, name: string, executor: Executor | null): object {
  const source = new ModelSource(meta, name);
  const c = columnsOf(source);
  const own = {
    '~model': source,
    prototype: meta.model.prototype,
    c,
    select: (...selection: unknown[]) => new ModelSelectQuery(source, selection, executor),
  };
  const alias = Object.create(null) as object;
  // Own names win over columns of the same name, which are reached through `c`.
  Object.defineProperties(alias, Object.getOwnPropertyDescriptors(c));
  for (const [key, value] of Object.entries(own)) Object.defineProperty(alias, key, { value, configurable: true });
  Object.defineProperty(alias, '~source', { get: () => source['~source'] });
  return alias;
}
