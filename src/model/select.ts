/** SELECT over models: joins along foreign keys, rows as instances with their relations. */
import { ImproperlyConfigured, type WaxwingError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { Expr, Selected } from '../query/expr.ts';
import type { RowBuilder } from '../query/rows.ts';
import { Select, type JoinOptions as SourceJoin, selectedOf } from '../query/select.ts';
import type { FromItem } from '../query/source.ts';
import { namingFields } from './data-error.ts';
import { missing } from './does-not-exist.ts';
import { executorNow, noDatabase, opening } from './executor.ts';
import { type JoinLink, modelRows } from './hydrate.ts';
import type { JoinOptions } from './join/types.ts';
import { planJoin } from './join.ts';
import { isSource, type ModelSource, sourceOf } from './source.ts';

export class ModelSelectQuery extends Select<readonly unknown[], unknown> {
  readonly '~root': ModelSource;
  /** Where the next join starts. */
  readonly '~current': ModelSource;
  readonly '~links': readonly JoinLink[];

  /** An empty selection stands for all fields of the model. */
  constructor(root: ModelSource, selection: readonly unknown[], executor: Executor | null) {
    super(selected(selection.length > 0 ? selection : [root]), [root['~source']], executor ?? undefined);
    this['~root'] = root;
    this['~current'] = root;
    this['~links'] = [];
  }

  override join(item: unknown, options: JoinOptions | SourceJoin = {}): this {
    if (!isSource(item)) return this['~join']((item as FromItem)['~source'], options as SourceJoin);
    const to = sourceOf(item);
    const joined = [this['~root'], ...this['~links'].map((link) => link.to)];
    if (joined.some((source) => source.name === to.name)) {
      throw new ImproperlyConfigured(`join: "${to.name}" is in the query already; join it as ${to.meta.name}.alias('…')`);
    }
    const { on, link } = planJoin(joined, this['~current'], to, options as JoinOptions);
    const query = this['~join'](to['~source'], { type: options.type ?? 'inner', ...(on ? { on } : {}) });
    return query['~copy']({ '~current': to, '~links': [...this['~links'], link] });
  }

  /** The next join starts from this model. */
  switch(item: unknown): this {
    const { name } = sourceOf(item);
    const source = [this['~root'], ...this['~links'].map((link) => link.to)].find((one) => one.name === name);
    if (!source) throw new ImproperlyConfigured(`switch: "${name}" is not in the query; join it first`);
    return this['~copy']({ '~current': source });
  }

  override from(...items: unknown[]): this {
    return super.from(...items.map((item) => (isSource(item) ? sourceOf(item) : (item as FromItem))));
  }

  override groupBy(...expressions: unknown[]): this {
    return super.groupBy(...(selected(expressions) as unknown as Expr<unknown>[]));
  }

  /** The same query with another selection. */
  columns(...selection: unknown[]): this {
    const items = selected(selection);
    return this['~with']({ columns: items.map((item) => item['~node']) })['~copy']({ '~selection': items });
  }

  override execute(): Promise<unknown[]> {
    return this['~opened'](() => super.execute());
  }

  override count(): Promise<number> {
    return this['~opened'](() => super.count());
  }

  override exists(): Promise<boolean> {
    return this['~opened'](() => super.exists());
  }

  override explain(): Promise<Record<string, unknown>[]> {
    return this['~opened'](() => super.explain());
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    const wait = opening(this['~root'].meta, this['~executor']);
    if (wait) await wait;
    yield* super[Symbol.asyncIterator]();
  }

  protected override '~resolve'(): Executor {
    const { meta } = this['~root'];
    const executor = executorNow(meta, this['~executor']);
    if (!executor) throw noDatabase(meta);
    return executor;
  }

  protected override '~builder'(): RowBuilder<unknown> {
    return modelRows(this['~root'], this['~selection'] as readonly Selected[], this['~links'], this['~executor'] ?? null);
  }

  protected override '~missing'(): WaxwingError {
    return missing(this['~root'].meta);
  }

  /** Runs `body` when there is a database to run on; only the fallback has to be waited for. */
  private '~opened'<T>(body: () => Promise<T>): Promise<T> {
    const { meta } = this['~root'];
    const sources = [this['~root'], ...this['~links'].map((link) => link.to)];
    const run = (): Promise<T> => namingFields(this['~node'], sources, () => this['~resolve']().dialect, body);
    return opening(meta, this['~executor'])?.then(run) ?? run();
  }
}

/** What a selection lists, models as all of their columns. */
export function selected(items: readonly unknown[]): Selected[] {
  return items.flatMap((item): Selected[] => (isSource(item) ? sourceOf(item).columns() : [selectedOf(item)]));
}
