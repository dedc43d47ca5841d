/** Deletes a row together with the rows that depend on it. */
import type { Executor } from '../query/executor.ts';
import { executorOf } from './executor.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { backrefsOf } from './registry.ts';
import { keyCondition } from './row.ts';
import type { RowState } from './row-state.ts';
import { ModelSelectQuery } from './select.ts';
import { sourceOfMeta } from './source.ts';
import { ModelDeleteQuery, ModelUpdateQuery } from './write.ts';

/** Rows of a model by their keys, and the foreign key by which they were found. */
interface Dependents {
  readonly field: ModelField;
  /** Keys of the rows the field points at. */
  readonly targets: readonly unknown[];
}

/** Deletes one row. */
export async function deleteRow(state: RowState, options: { recursive?: boolean; deleteNullable?: boolean }): Promise<number> {
  const { meta } = state;
  const condition = keyCondition(state);
  if (!options.recursive) return new ModelDeleteQuery(sourceOfMeta(meta), state.executor).where(condition).execute();
  const executor = await executorOf(meta, state.executor);
  return executor.atomic(async (tx) => {
    const found = await dependents(meta, state.key, options.deleteNullable === true, tx);
    // Those found last depend on those found first.
    for (const one of found.reverse()) await detach(one, options.deleteNullable === true, tx);
    return new ModelDeleteQuery(sourceOfMeta(meta), tx).where(condition);
  });
}

/** Everything that points at the row, at those rows, and so on. */
async function dependents(meta: Metadata, key: unknown, deleteNullable: boolean, tx: Executor): Promise<Dependents[]> {
  const found: Dependents[] = [];
  const seen = new Map<Metadata, Set<unknown>>([[meta, new Set([key])]]);
  const queue: [Metadata, unknown[]][] = [[meta, [key]]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [target, targets] = next;
    for (const field of backrefsOf(target)) {
      found.push({ field, targets });
      if (field.isNullable && !deleteNullable) continue;
      const keys = await newKeys(field, targets, seen, tx);
      if (keys.length > 0) queue.push([field.meta, keys]);
    }
  }
  return found;
}

/** The keys of rows whose `field` points at `targets`, but for those seen before. */
async function newKeys(
  field: ModelField,
  targets: readonly unknown[],
  seen: Map<Metadata, Set<unknown>>,
  tx: Executor,
): Promise<unknown[]> {
  const source = sourceOfMeta(field.meta);
  const [key] = field.meta.primaryKey;
  // Only a key of one field can be pointed at.
  if (!key || field.meta.primaryKey.length > 1) return [];
  const known = seen.get(field.meta) ?? new Set();
  seen.set(field.meta, known);
  const fresh: unknown[] = [];
  for (const some of pieces(targets, tx)) {
    const query = new ModelSelectQuery(source, [source.column(key)], tx).where(source.column(field).in(some));
    for (const one of await query.scalars().execute()) {
      if (known.has(one)) continue;
      known.add(one);
      fresh.push(one);
    }
  }
  return fresh;
}

/** Takes away what points at the targets: the rows, or only their keys where those may be null. */
async function detach({ field, targets }: Dependents, deleteNullable: boolean, tx: Executor): Promise<void> {
  const source = sourceOfMeta(field.meta);
  for (const some of pieces(targets, tx)) {
    const points = source.column(field).in(some);
    if (field.isNullable && !deleteNullable) await new ModelUpdateQuery(source, { [field.key]: null }, tx).where(points);
    else await new ModelDeleteQuery(source, tx).where(points);
  }
}

/** As many at once as one statement can bind. */
function* pieces(targets: readonly unknown[], { dialect }: Executor): Generator<readonly unknown[]> {
  // One for what else the statement may bind.
  const size = dialect.can.maxParams - 1;
  for (let from = 0; from < targets.length; from += size) yield targets.slice(from, from + size);
}
