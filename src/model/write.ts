/** INSERT, UPDATE and DELETE of models. */
import type { InsertSource, WriteNode } from '../ast/expression.ts';
import type { ColumnInfo } from '../query/column.ts';
import { Delete } from '../query/delete.ts';
import type { Executor } from '../query/executor.ts';
import type { AnyQuery, Selected } from '../query/expr.ts';
import { Insert } from '../query/insert.ts';
import { queryNode } from '../query/query-node.ts';
import type { RowBuilder } from '../query/rows.ts';
import type { SelectItem } from '../query/select.ts';
import type { FromItem } from '../query/source.ts';
import { isCompilable } from '../query/term.ts';
import { Update } from '../query/update.ts';
import { Returning, type WriteQuery } from '../query/write-query.ts';
import type { Outcome } from '../wire/statement.ts';
import { namingFields } from './data-error.ts';
import { executorNow, noDatabase, opening } from './executor.ts';
import { modelRows } from './hydrate.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { selected } from './select.ts';
import { isSource, type ModelSource, sourceOf } from './source.ts';
import { insertPlan } from './values.ts';

type Values = Readonly<Record<string, unknown>>;

function resolve(meta: Metadata, bound: Executor | undefined): Executor {
  const executor = executorNow(meta, bound);
  if (!executor) throw noDatabase(meta);
  return executor;
}

/** Opens the fallback database if it comes to that; names the field whose value is refused. */
async function outcomes<T>(query: WriteQuery<WriteNode>, source: ModelSource, run: () => Promise<T>): Promise<T> {
  const wait = opening(source.meta, query['~executor']);
  if (wait) await wait;
  const { dialect } = query['~resolve']();
  return namingFields(query['~node'], [source], () => dialect, run);
}

/** The rows a write gives back, as instances. */
function returningRows(query: WriteQuery<WriteNode>, source: ModelSource, items: readonly unknown[]): Returning {
  const selection: Selected[] = selected(items.length > 0 ? items : [source]);
  return new ModelReturning(query, selection, modelRows(source, selection, [], query['~executor'] ?? null) as never, source);
}

class ModelReturning extends Returning {
  readonly '~source': ModelSource;

  constructor(query: WriteQuery<WriteNode>, selection: Selected[], build: RowBuilder<never>, source: ModelSource) {
    super(query, selection, build);
    this['~source'] = source;
  }

  override execute(): Promise<never[]> {
    const dialect = (): Executor['dialect'] => this['~resolve']().dialect;
    return namingFields(this['~node'], [this['~source']], dialect, () => super.execute()) as Promise<never[]>;
  }
}

export class ModelInsertQuery extends Insert {
  readonly '~model': ModelSource;

  constructor(model: ModelSource, columns: readonly ColumnInfo[], source: InsertSource, executor: Executor | null) {
    super(model, columns, source, executor ?? undefined);
    this['~model'] = model;
  }

  override returning<const S extends readonly SelectItem[]>(...items: S): Returning<S> {
    return returningRows(this, this['~model'], items) as unknown as Returning<S>;
  }

  override async '~outcomes'(): Promise<readonly Outcome[]> {
    const { source } = this['~node'];
    if (source.kind === 'values' && source.length === 0) return [];
    return outcomes(this, this['~model'], () => super['~outcomes']());
  }

  override '~resolve'(): Executor {
    return resolve(this['~model'].meta, this['~executor']);
  }
}

/** An INSERT of one row: awaiting it gives the row's primary key. */
export class ModelInsertOne extends ModelInsertQuery {
  /** The key as it was given, when it was. */
  readonly '~given': unknown;

  constructor(model: ModelSource, values: Values, executor: Executor | null) {
    const { columns, source } = insertPlan(model, [values]);
    super(model, columns, source, executor);
    this['~given'] = givenKey(model.meta, values);
  }

  override async execute(): Promise<never> {
    return (await this['~key']()) as never;
  }

  /** The primary key of the row inserted; null when a conflict kept it out. */
  async '~key'(): Promise<unknown> {
    const { meta } = this['~model'];
    const { onConflict } = this['~node'];
    const [key] = meta.primaryKey;
    const wait = opening(meta, this['~executor']);
    if (wait) await wait;
    const { can } = this['~resolve']().dialect;
    const told = this['~given'] !== undefined || (meta.autoKey !== null && can.lastInsertId);
    // After a conflict the engine's last key is another row's: the row itself has to tell. So it has where there is no such key.
    if (key && can.returning && (onConflict || !told)) {
      const rows = (await this.returning(
        ...meta.primaryKey.map((field) => this['~model'].column(field)),
      ).tuples()) as unknown[][];
      return rows[0] ? (meta.primaryKey.length > 1 ? rows[0] : rows[0][0]) : null;
    }
    const outcome = (await this['~outcomes']()).at(-1);
    if (!outcome || outcome.changes === 0) return null;
    return this['~given'] ?? (meta.autoKey ? autoValue(meta.autoKey, outcome.lastInsertId) : undefined);
  }
}

/** The key the database made, as the field's type has it. */
function autoValue(key: ModelField, id: number | bigint | null): unknown {
  if (id === null) return undefined;
  return key.type.name === 'bigauto' ? BigInt(id) : Number(id);
}

function givenKey(meta: Metadata, values: Values): unknown {
  const parts = meta.primaryKey.map((field) => (Object.hasOwn(values, field.key) ? values[field.key] : undefined));
  if (parts.length === 0 || parts.some((part) => part === undefined || part === null || isCompilable(part))) return undefined;
  return parts.length === 1 ? parts[0] : parts;
}

/** The rows of an INSERT of many. */
export function insertMany(model: ModelSource, rows: Iterable<Values>, executor: Executor | null): ModelInsertQuery {
  const { columns, source } = insertPlan(model, Array.isArray(rows) ? rows : [...rows]);
  return new ModelInsertQuery(model, columns, source, executor);
}

/** The rows of a query, into these fields. */
export function insertFrom(
  model: ModelSource,
  query: AnyQuery,
  keys: readonly string[],
  executor: Executor | null,
): ModelInsertQuery {
  const columns = keys.map((key) => model['~column'](key));
  return new ModelInsertQuery(model, columns, { kind: 'query', query: queryNode(query) }, executor);
}

export class ModelUpdateQuery extends Update {
  readonly '~model': ModelSource;

  constructor(model: ModelSource, values: Values, executor: Executor | null) {
    super(model, values, executor ?? undefined);
    this['~model'] = model;
  }

  override from(...items: unknown[]): this {
    return super.from(...items.map((item) => (isSource(item) ? sourceOf(item) : (item as FromItem))));
  }

  override returning<const S extends readonly SelectItem[]>(...items: S): Returning<S> {
    return returningRows(this, this['~model'], items) as unknown as Returning<S>;
  }

  override async '~outcomes'(): Promise<readonly Outcome[]> {
    return outcomes(this, this['~model'], () => super['~outcomes']());
  }

  override '~resolve'(): Executor {
    return resolve(this['~model'].meta, this['~executor']);
  }
}

export class ModelDeleteQuery extends Delete {
  readonly '~model': ModelSource;

  constructor(model: ModelSource, executor: Executor | null) {
    super(model, executor ?? undefined);
    this['~model'] = model;
  }

  override returning<const S extends readonly SelectItem[]>(...items: S): Returning<S> {
    return returningRows(this, this['~model'], items) as unknown as Returning<S>;
  }

  override async '~outcomes'(): Promise<readonly Outcome[]> {
    return outcomes(this, this['~model'], () => super['~outcomes']());
  }

  override '~resolve'(): Executor {
    return resolve(this['~model'].meta, this['~executor']);
  }
}
