/** Moves what models hold from one database to another, whatever their engines. */
import { AbortedError, ImproperlyConfigured } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import { runSchema } from '../query/run-schema.ts';
import { bulkUpdate } from './bulk.ts';
import { type Metadata, type ModelField, type ModelTarget, metaOf } from './metadata.ts';
import { sortModels } from './registry.ts';
import type { AnyModel } from './row/types.ts';
import { tableSchema } from './schema.ts';
import { ModelSelectQuery } from './select.ts';
import { sourceOfMeta } from './source.ts';
import { syncSequence } from './tables.ts';
import { insertMany } from './write.ts';

/** A database that rows are copied from. */
export interface CopySource extends Executor {
  atomic<T>(body: (tx: Executor) => Promise<T>, options?: { readonly mode?: 'read' | 'write' }): Promise<T>;
}

/** Options of `copyModels`. */
export interface CopyOptions {
  /** The database, or transaction, that has the rows. */
  readonly from: CopySource;
  /** The database, or transaction, that gets them; its tables are there already. */
  readonly to: Executor;
  /** Rows in one INSERT; 1,000 unless told. */
  readonly batchSize?: number;
  /** Rows copied, rows in all, and the table they belong to. */
  readonly onProgress?: (done: number, total: number, table: string) => void;
  /** Gives the copying up: nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** One table on its way. */
interface Job {
  readonly meta: Metadata;
  /** Foreign keys to rows that come later: set when all rows are there. */
  readonly late: readonly ModelField[];
}

type Values = Record<string, unknown>;

/**
 * Copies all rows of the models, keys included, from one database to another: from SQLite to Postgres, say. It reads one
 * snapshot of the source and writes one transaction: all of it arrives, or nothing does. Tables that are missing in the
 * target are made; rows that are there stay. Automatic keys go on counting above those copied.
 *
 * ```ts
 * await copyModels([User, Tweet], { from: sqlite, to: postgres, onProgress: (done, total) => show(done / total) });
 * ```
 * @returns how many rows were copied
 * @throws IntegrityError when the target holds a row with the same key; nothing was changed then.
 * @throws AbortedError when the signal was aborted; likewise.
 * @throws ImproperlyConfigured when rows refer to each other in a circle by foreign keys that cannot be null.
 */
export async function copyModels(models: readonly AnyModel[], options: CopyOptions): Promise<number> {
  const { from, to, batchSize = 1000 } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ImproperlyConfigured(`copyModels takes a batchSize of 1 or more, not ${batchSize}.`);
  const metas = sortModels(models as unknown as readonly ModelTarget[]).map(metaOf);
  const jobs = metas.map((meta, at) => ({ meta, late: lateKeys(meta, new Set(metas.slice(at))) }));
  return from.atomic((source) => to.atomic((target) => copyAll(jobs, source, target, options)), { mode: 'read' });
}

async function copyAll(jobs: readonly Job[], source: Executor, target: Executor, options: CopyOptions): Promise<number> {
  const tables = jobs.map(({ meta }) => tableSchema(meta));
  await runSchema(target, [{ kind: 'createTables', tables, safe: true }]);
  let total = 0;
  for (const { meta } of jobs) total += await rowsOf(meta, source).count();
  let done = 0;
  const copied = (rows: number, meta: Metadata): void => {
    done += rows;
    options.onProgress?.(done, total, meta.tableName);
  };
  for (const job of jobs) await copyRows(job, source, target, options, copied);
  for (const job of jobs) if (job.late.length > 0) await linkRows(job, source, target, options);
  // Indexes are quicker to build than to keep, and a key counted from the rows needs the rows.
  const indexes = tables.flatMap((table) => table.indexes);
  await runSchema(
    target,
    indexes.map((index) => ({ kind: 'createIndex', index: { ...index, concurrently: false }, safe: true })),
  );
  for (const { meta } of jobs) await syncSequence(meta, target);
  return done;
}

/** All rows of a table as plain objects by field. */
function rowsOf(meta: Metadata, source: Executor): ModelSelectQuery {
  return new ModelSelectQuery(sourceOfMeta(meta), [], source);
}

async function copyRows(
  { meta, late }: Job,
  source: Executor,
  target: Executor,
  options: CopyOptions,
  copied: (rows: number, meta: Metadata) => void,
): Promise<void> {
  for await (const rows of batches(rowsOf(meta, source).dicts() as AsyncIterable<Values>, options)) {
    for (const row of rows) for (const field of late) row[field.key] = null;
    await insertMany(sourceOfMeta(meta), rows, target);
    copied(rows.length, meta);
  }
}

/** Sets the keys that were left out while the rows they point at were missing. */
async function linkRows({ meta, late }: Job, source: Executor, target: Executor, options: CopyOptions): Promise<void> {
  const keys = late.map((field) => field.key);
  for await (const rows of batches(rowsOf(meta, source) as AsyncIterable<object>, options)) {
    await bulkUpdate(meta, rows, keys, target);
  }
}

async function* batches<T>(rows: AsyncIterable<T>, { batchSize = 1000, signal }: CopyOptions): AsyncGenerator<T[]> {
  let batch: T[] = [];
  const checked = (): T[] => {
    if (signal?.aborted) throw new AbortedError('Copying was aborted; nothing was copied.', { cause: signal.reason });
    return batch;
  };
  for await (const row of rows) {
    if (batch.push(row) < batchSize) continue;
    yield checked();
    batch = [];
  }
  if (batch.length > 0) yield checked();
}

/** Foreign keys of the model to itself or to models that come after it. */
function lateKeys(meta: Metadata, later: ReadonlySet<Metadata>): ModelField[] {
  const late = meta.fields.filter((field) => field.target !== null && later.has(field.target) && !isDeferred(field));
  const fixed = late.find((field) => !field.isNullable || meta.primaryKey.includes(field));
  if (fixed)
    throw new ImproperlyConfigured(
      `copyModels: rows of ${meta.name} refer by ${fixed.label} to rows that come after them. Let the field be null, or ` +
        "declare it with deferrable: 'INITIALLY DEFERRED'.",
    );
  return late;
}

/** The engine itself waits for the end of the transaction. */
function isDeferred(field: ModelField): boolean {
  return field.foreignKey?.deferrable === 'INITIALLY DEFERRED';
}
