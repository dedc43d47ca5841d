/** SQL of the user's own whose rows are a model's. */
import type { Executor } from '../query/executor.ts';
import { RawQuery } from '../query/raw.ts';
import { asScalars, fill, type RowBuilder, type Slice } from '../query/rows.ts';
import { converterOf } from './convert.ts';
import { executorNow, noDatabase, opening } from './executor.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { settled } from './registry.ts';
import { instanceOf, type RowObject, RowState } from './row-state.ts';

export class ModelRawQuery extends RawQuery<unknown> {
  readonly '~meta': Metadata;

  constructor(meta: Metadata, sql: string, params: readonly unknown[], executor: Executor | null) {
    super(sql, params, executor ?? undefined);
    this['~meta'] = meta;
  }

  override async execute(): Promise<unknown[]> {
    const wait = opening(this['~meta'], this['~executor']);
    if (wait) await wait;
    return super.execute();
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    const wait = opening(this['~meta'], this['~executor']);
    if (wait) await wait;
    yield* super[Symbol.asyncIterator]();
  }

  /** The first column of the first row; null when there is no row. */
  async scalar(): Promise<unknown> {
    const [value] = await this['~shaped'](asScalars).execute();
    return value ?? null;
  }

  protected override '~resolve'(): Executor {
    const executor = executorNow(this['~meta'], this['~executor']);
    if (!executor) throw noDatabase(this['~meta']);
    return executor;
  }

  protected override '~builder'(): RowBuilder<unknown> {
    return rawRows(this['~meta'], this['~resolve']().dialect, this['~executor'] ?? null);
  }
}

/** Result columns named like the model's are its values; the others become properties of the rows. */
function rawRows(meta: Metadata, dialect: Executor['dialect'], executor: Executor | null): RowBuilder<unknown> {
  const byColumn = new Map(meta.fields.flatMap((field) => [[field.key, field] as const, [field.columnName, field] as const]));
  return (slice) => {
    const rows = Array.from({ length: slice.length }, () => {
      const owner = settled(meta);
      return instanceOf(new RowState(owner, new Array<unknown>(owner.fields.length), executor, true));
    });
    slice.names.forEach((name, at) => {
      const field = byColumn.get(name);
      if (field) fillField(rows, field, dialect, slice.given[at] as Slice['given'][number]);
      else fill(rows, name, slice.columns[at] as Slice['columns'][number]);
    });
    return rows;
  };
}

function fillField(
  rows: readonly RowObject[],
  field: ModelField,
  dialect: Executor['dialect'],
  column: Slice['given'][number],
): void {
  const decode = dialect.codec(field.type).decode;
  const toJs = converterOf(field)?.toJs as ((value: unknown) => unknown) | undefined;
  rows.forEach((row, at) => {
    let value: unknown = column[at];
    if (value !== null && decode) value = decode(value as never);
    if (value !== null && toJs) value = toJs(value);
    row['~row'].values[field.index] = value;
  });
}
