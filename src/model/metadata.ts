/** What is known of a model: its table, fields, keys and options. */
import type { ColumnType } from '../ast/type.ts';
import { ImproperlyConfigured, ProgrammingError } from '../errors.ts';
import type { AnyField, FieldDefinition, ForeignKeyOptions } from '../fields/types.ts';
import type { Executor } from '../query/executor.ts';
import { snakeCase } from '../util/snake-case.ts';
import { inheritOptions, type MetaOptions, type OptionLevel } from './meta-options.ts';

/** A model as the run time sees it: a class, or a transaction's view of one. */
export interface ModelTarget {
  readonly prototype: object;
}
/** The class itself. */
export interface ModelClass extends ModelTarget {
  new (values?: object): object;
  readonly name: string;
  readonly '~definition': Definition;
}

/** What one call of `define` said. */
export interface Definition {
  /** Null for an abstract model, which has fields but no table. */
  readonly table: string | null;
  /** All fields, inherited ones included, by key. */
  readonly fields: ReadonlyMap<string, AnyField>;
  /** The primary key as told to `define` or inherited, when it is no single field. */
  readonly primaryKey: MetaOptions['primaryKey'];
  /** The class that `define` returned: the parent of the one the user writes. */
  readonly base: ModelClass;
  /** The first class seen that extends `base`. */
  owner: Metadata | null;
}

/** A field in its model. */
export class ModelField {
  readonly meta: Metadata;
  readonly key: string;
  /** Its place among the model's fields. */
  readonly index: number;
  readonly columnName: string;
  readonly definition: FieldDefinition;

  constructor(meta: Metadata, key: string, index: number, definition: FieldDefinition) {
    this.meta = meta;
    this.key = key;
    this.index = index;
    this.definition = definition;
    this.columnName = definition.options.columnName ?? snakeCase(key) + (definition.kind === 'fk' ? '_id' : '');
  }

  /** For messages: `User.age`. */
  get label(): string {
    return `${this.meta.name}.${this.key}`;
  }

  get isNullable(): boolean {
    return this.definition.options.null === true;
  }

  get isAuto(): boolean {
    return this.definition.kind === 'scalar' && this.definition.auto;
  }

  get foreignKey(): ForeignKeyOptions | null {
    return this.definition.kind === 'fk' ? this.definition.options : null;
  }

  /** The model a foreign key points at. @throws ImproperlyConfigured when it is none, or none yet */
  get target(): Metadata | null {
    if (this.definition.kind !== 'fk') return null;
    if (this.definition.target === 'self') return this.meta;
    let model: unknown;
    try {
      model = this.definition.target();
    } catch (cause) {
      throw new ImproperlyConfigured(`${this.label} points at a model that is not defined yet`, { cause });
    }
    if (!isModel(model)) throw new ImproperlyConfigured(`${this.label} points at ${String(model)}, which is no model`);
    return metaOf(model);
  }

  /** The primary key that a foreign key holds. */
  get targetKey(): ModelField | null {
    const target = this.target;
    if (!target) return null;
    if (target.primaryKey.length === 1) return target.primaryKey[0] as ModelField;
    throw new ImproperlyConfigured(`${this.label} cannot point at ${target.name}, whose primary key is not one field`);
  }

  /** How the database keeps it; a foreign key as the key it holds. */
  get type(): ColumnType {
    if (this.definition.kind === 'scalar') return this.definition.type;
    const type = (this.targetKey as ModelField).type;
    if (type.name === 'auto') return { name: 'integer' };
    return type.name === 'bigauto' ? { name: 'bigint' } : type;
  }
}

/** A model's table, fields and options; one for each class. */
export class Metadata {
  readonly model: ModelClass;
  readonly definition: Definition;
  readonly fields: readonly ModelField[];
  readonly byKey: ReadonlyMap<string, ModelField>;
  /** The fields of the primary key: one, several, or none. */
  readonly primaryKey: readonly ModelField[];
  readonly options: MetaOptions;
  readonly tableName: string;
  /** What `bind` set, above what `meta.database` says. */
  readonly #bound: Executor[] = [];

  constructor(model: ModelClass, definition: Definition) {
    this.model = model;
    this.definition = definition;
    this.options = optionsOf(model);
    this.tableName = this.options.tableName ?? definition.table ?? '';
    this.fields = [...definition.fields].map(([key, field], index) => new ModelField(this, key, index, field['~definition']));
    this.byKey = new Map(this.fields.map((field) => [field.key, field]));
    this.primaryKey = primaryKeyOf(this);
    requireDistinctColumns(this);
  }

  /** The class's name, for messages. */
  get name(): string {
    return this.model.name || this.tableName;
  }

  get schemaName(): string | undefined {
    return this.options.schema;
  }

  /** The key the database counts up, if there is one. */
  get autoKey(): ModelField | null {
    const [key] = this.primaryKey;
    return this.primaryKey.length === 1 && key?.isAuto ? key : null;
  }

  /** The field of that name. @throws ProgrammingError naming the model */
  field(key: string): ModelField {
    const field = this.byKey.get(key);
    if (!field)
      throw new ProgrammingError(
        `${this.name} has no field ${JSON.stringify(String(key))}; it has ${[...this.byKey.keys()].join(', ')}`,
      );
    return field;
  }

  /** What the model runs on now: what it is bound to, else the nearest class's `meta.database`; null when there is none. */
  get database(): Executor | null {
    const bound = this.#bound.at(-1);
    if (bound) return bound;
    return optionLevels(this.model).find((level) => level.options.database)?.options.database ?? null;
  }

  /** Binds the model; the function returned takes this binding away again. */
  bind(executor: Executor): () => void {
    this.#bound.push(executor);
    return () => {
      const at = this.#bound.lastIndexOf(executor);
      if (at >= 0) this.#bound.splice(at, 1);
    };
  }

  /** Binds the model for good. */
  rebind(executor: Executor): void {
    this.#bound.splice(0, this.#bound.length, executor);
  }
}

export function isModel(value: unknown): value is ModelTarget {
  return (typeof value === 'function' || (typeof value === 'object' && value !== null)) && '~definition' in value;
}

/** The metadata of a model, of a transaction's view of it, or of the class of a row. @throws ImproperlyConfigured for an abstract one */
export function metaOf(target: ModelTarget): Metadata {
  const model = target.prototype.constructor as ModelClass & { '~meta': Metadata };
  if (Object.hasOwn(model, '~meta')) return model['~meta'];
  const definition = model['~definition'];
  if (definition.table === null) throw new ImproperlyConfigured(`${model.name || 'Model'} has no table: give define() a name`);
  const meta = new Metadata(model, definition);
  Object.defineProperty(model, '~meta', { value: meta });
  definition.owner ??= meta;
  return meta;
}

/** All options of a model, inherited ones included. */
export function optionsOf(model: ModelClass): MetaOptions {
  return inheritOptions(optionLevels(model));
}

/** The options written on a class and those above it, nearest first. */
function optionLevels(model: ModelClass): OptionLevel[] {
  const levels: OptionLevel[] = [];
  let inherited = false;
  for (let level: object | null = model; typeof level === 'function'; level = Object.getPrototypeOf(level) as object | null) {
    const isBase = Object.hasOwn(level, '~definition');
    // On the class that define() returned, `meta` is the column of a field called meta.
    const options = Object.getOwnPropertyDescriptor(level, isBase ? '~options' : 'meta')?.value as MetaOptions | undefined;
    if (options) levels.push({ options, inherited });
    if (level === model['~definition'].base) inherited = true;
  }
  return levels;
}

function primaryKeyOf(meta: Metadata): ModelField[] {
  const { primaryKey } = meta.definition;
  if (meta.options.primaryKey !== primaryKey) {
    throw new ImproperlyConfigured(
      `${meta.name}: give primaryKey to define() as its third argument, where the types see it: define('${meta.tableName}', { … }, { primaryKey })`,
    );
  }
  if (primaryKey) return primaryKey['~compositeKey'].map((key) => meta.field(key));
  return meta.fields.filter((field) => field.definition.options.primaryKey === true);
}

function requireDistinctColumns(meta: Metadata): void {
  const seen = new Map<string, ModelField>();
  for (const field of meta.fields) {
    // Engines do not tell upper from lower case in column names.
    const name = field.columnName.toLowerCase();
    const other = seen.get(name);
    if (other)
      throw new ImproperlyConfigured(
        `${other.label} and ${field.label} have the same column, ${field.columnName}: set columnName`,
      );
    seen.set(name, field);
  }
}
