/** A model as a query's source: under its table's name or an alias, with its columns. */
import type { TableNode } from '../ast/expression.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { type ColumnInfo, ColumnTerm } from '../query/column.ts';
import type { FromItem } from '../query/source.ts';
import type { WriteTarget } from '../query/write-query.ts';
import { converterOf } from './convert.ts';
import { isModel, type Metadata, type ModelField, metaOf } from './metadata.ts';

/** The column of a field, of one source. */
export class FieldColumn extends ColumnTerm<unknown> {
  readonly '~model': ModelSource;
  readonly '~field': ModelField;

  constructor(source: ModelSource, field: ModelField) {
    const { key, columnName: name, type } = field;
    super(
      source.name,
      { key, name, type, convert: converterOf(field) },
      source.alias === undefined ? source.meta.schemaName : undefined,
    );
    this['~model'] = source;
    this['~field'] = field;
    const { definition } = field;
    if (definition.kind === 'scalar' && definition.operators) {
      Object.defineProperties(this, Object.getOwnPropertyDescriptors(definition.operators(this)));
    }
  }
}

export class ModelSource implements FromItem, WriteTarget {
  readonly meta: Metadata;
  readonly alias: string | undefined;
  readonly #columns: (FieldColumn | undefined)[] = [];

  constructor(meta: Metadata, alias?: string) {
    this.meta = meta;
    this.alias = alias;
  }

  /** What it is called in the query. */
  get name(): string {
    return this.alias ?? this.meta.tableName;
  }

  get '~table'(): TableNode {
    return { kind: 'table', name: this.meta.tableName, schema: this.meta.schemaName, alias: this.alias };
  }

  get '~source'(): TableNode {
    return this['~table'];
  }

  '~column'(key: string): ColumnInfo {
    return this.column(this.meta.field(key))['~info'];
  }

  column(field: ModelField): FieldColumn {
    return (this.#columns[field.index] ??= new FieldColumn(this, field));
  }

  columns(): FieldColumn[] {
    return this.meta.fields.map((field) => this.column(field));
  }
}

const SOURCES = new WeakMap<Metadata, ModelSource>();

/** The source a model, an alias, or a transaction's view of a model stands for. */
export function sourceOf(target: unknown): ModelSource {
  if (target instanceof ModelSource) return target;
  if (target !== null && typeof target === 'object' && '~model' in target && target['~model'] instanceof ModelSource) {
    return target['~model'];
  }
  if (!isModel(target)) throw new ImproperlyConfigured(`Expected a model or an alias of one, got ${String(target)}`);
  return sourceOfMeta(metaOf(target));
}

/** Whether `sourceOf` takes it. */
export function isSource(target: unknown): boolean {
  return (
    isModel(target) ||
    target instanceof ModelSource ||
    (target !== null && typeof target === 'object' && '~model' in target && !(target instanceof FieldColumn))
  );
}

export function sourceOfMeta(meta: Metadata): ModelSource {
  let source = SOURCES.get(meta);
  if (!source) SOURCES.set(meta, (source = new ModelSource(meta)));
  return source;
}

/** The columns of a source by key; each is made when first asked for, since a foreign key's type may not be known before. */
export function columnsOf(source: ModelSource): Record<string, FieldColumn> {
  const columns = Object.create(null) as Record<string, FieldColumn>;
  for (const field of source.meta.fields) {
    Object.defineProperty(columns, field.key, { enumerable: true, configurable: true, get: () => source.column(field) });
  }
  return columns;
}
