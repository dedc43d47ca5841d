/** Many rows at once: made, or written where they have changed. */

import { ImproperlyConfigured } from '../errors.ts';
import { batchOf } from '../query/batch.ts';
import type { Executor } from '../query/executor.ts';
import type { Statement } from '../wire/statement.ts';
import { executorOf } from './executor.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { keyCondition, written } from './row.ts';
import { isRow, type RowState } from './row-state.ts';
import { sourceOfMeta } from './source.ts';
import { insertMany, ModelUpdateQuery } from './write.ts';

type Values = Readonly<Record<string, unknown>>;

/** Inserts rows made with `new`, and gives them the keys the database made. */
export async function bulkCreate(
  meta: Metadata,
  rows: readonly unknown[],
  bound: Executor | null,
  batchSize: number = rows.length,
): Promise<void> {
  const states = statesOf(meta, rows);
  if (states.length === 0) return;
  const executor = await executorOf(meta, bound);
  await executor.atomic(async (tx) => {
    for (let from = 0; from < states.length; from += Math.max(1, batchSize)) {
      await createBatch(meta, states.slice(from, from + Math.max(1, batchSize)), tx);
    }
  });
}

async function createBatch(meta: Metadata, states: readonly RowState[], tx: Executor): Promise<void> {
  const source = sourceOfMeta(meta);
  const query = insertMany(source, states.map(valuesOf), tx);
  const key = meta.autoKey;
  const needsKeys = key !== null && states.some((state) => state.key === undefined);
  if (needsKeys && tx.dialect.can.returning) {
    const keys = (await query.returning(source.column(key)).scalars().execute()) as unknown[];
    states.forEach((state, at) => (state.values[key.index] = keys[at]));
  } else {
    await query;
  }
  for (const state of states) written(state, meta.fields);
}

function valuesOf(state: RowState): Values {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const field of state.meta.fields) {
    const value = state.values[field.index];
    if (value !== undefined) values[field.key] = value;
  }
  return values;
}

/** Writes these fields of all rows. @returns how many rows there were to write */
export async function bulkUpdate(
  meta: Metadata,
  rows: readonly unknown[],
  keys: readonly string[],
  bound: Executor | null,
  batchSize: number = rows.length,
): Promise<number> {
  const states = statesOf(meta, rows);
  const fields = keys.map((key) => meta.field(key));
  const own = fields.find((field) => meta.primaryKey.includes(field));
  if (own) throw new ImproperlyConfigured(`bulkUpdate: ${own.label} is part of the primary key, by which the rows are found`);
  if (fields.length === 0 || states.length === 0) return 0;
  const executor = await executorOf(meta, bound);
  return executor.atomic(async (tx) => {
    let changes = 0;
    for (let from = 0; from < states.length; from += Math.max(1, batchSize)) {
      const statements = merged(states.slice(from, from + Math.max(1, batchSize)).map((state) => updateOf(state, fields, tx)));
      for (const outcome of await tx.run(batchOf(statements, tx))) changes += outcome.changes;
    }
    for (const state of states) written(state, fields);
    return changes;
  });
}

function updateOf(state: RowState, fields: readonly ModelField[], tx: Executor): Statement {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const field of fields) values[field.key] = state.values[field.index] ?? null;
  const query = new ModelUpdateQuery(sourceOfMeta(state.meta), values, tx).where(keyCondition(state));
  return tx.dialect.compile(query['~node'])[0] as Statement;
}

/** Statements of the same text, one after the other, as one that runs for many rows of values. */
function merged(statements: readonly Statement[]): Statement[] {
  const out: Statement[] = [];
  for (let from = 0; from < statements.length; ) {
    const { sql, mode } = statements[from] as Statement;
    let to = from + 1;
    while (to < statements.length && statements[to]?.sql === sql) to++;
    const run = statements.slice(from, to);
    const width = run[0]?.params?.length ?? 0;
    const data = Array.from({ length: width }, (_, at) => run.map((statement) => statement.params?.[at] ?? null));
    out.push({ sql, mode, many: { length: run.length, data } });
    from = to;
  }
  return out;
}

function statesOf(meta: Metadata, rows: readonly unknown[]): RowState[] {
  return rows.map((row, at) => {
    if (!isRow(row) || row['~row'].meta.definition !== meta.definition)
      throw new ImproperlyConfigured(`Row ${at} is no ${meta.name}`);
    return row['~row'];
  });
}
