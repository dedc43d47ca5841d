/** What a row keeps besides its class: its values, what changed, what was loaded with it, where it came from. */
import type { Executor } from '../query/executor.ts';
import { type Metadata, type ModelField, type ModelTarget, metaOf } from './metadata.ts';

interface Home {
  readonly executor: Executor;
  readonly isTransaction: boolean;
  readonly before: Home | null;
}

export class RowState {
  readonly meta: Metadata;
  /** By `ModelField.index`; undefined where nothing was set or selected. */
  values: unknown[];
  /** Fields changed since the row was loaded or saved. */
  dirty: Set<ModelField> | null;
  /** Rows loaded for foreign keys, by `ModelField.index`; null where a join found none. */
  related: (object | null | undefined)[] | null;
  /** The row came from the database or went there. */
  stored: boolean;
  #home: Home | null = null;

  constructor(meta: Metadata, values: unknown[], executor: Executor | null, stored: boolean) {
    this.meta = meta;
    this.values = values;
    this.dirty = null;
    this.related = null;
    if (executor) this.bind(executor);
    this.stored = stored;
  }

  /** What the row was loaded on or bound to, when that is not the model's database; a transaction only until it ends. */
  get executor(): Executor | null {
    while (this.#home?.isTransaction && !this.#home.executor.inTransaction) this.#home = this.#home.before;
    return this.#home?.executor ?? null;
  }

  /** Runs the row's statements on `executor`; when that is a transaction, on what it was before once that has ended. */
  bind(executor: Executor): void {
    this.#home = { executor, isTransaction: executor.inTransaction, before: executor.inTransaction ? this.#home : null };
  }

  /** Sets a value and notes the change. */
  set(field: ModelField, value: unknown): void {
    this.values[field.index] = value;
    (this.dirty ??= new Set()).add(field);
  }

  /** The primary key, an array when it is composite; undefined when it is not complete. */
  get key(): unknown {
    const { primaryKey } = this.meta;
    const [only] = primaryKey;
    if (!only) return undefined;
    if (primaryKey.length === 1) return this.values[only.index] ?? undefined;
    const parts = primaryKey.map((field) => this.values[field.index]);
    return parts.every((part) => part !== undefined && part !== null) ? parts : undefined;
  }
}

/** An instance of a model. */
export interface RowObject {
  '~row': RowState;
}

export function isRow(value: unknown): value is RowObject {
  return typeof value === 'object' && value !== null && '~row' in value && value['~row'] instanceof RowState;
}

/** Given to a model's constructor instead of values: the state is ready and waits in `handOver`. */
export const READY: object = Object.freeze({});
let handOver: RowState | null = null;

/** The state that a constructor called with READY takes. */
export function takeReady(model: ModelTarget): RowState {
  const state = handOver ?? new RowState(metaOf(model), [], null, false);
  handOver = null;
  return state;
}

/** An instance around a state, made by the class's own constructor, so that its own properties exist. */
export function instanceOf(state: RowState): RowObject {
  handOver = state;
  return new state.meta.model(READY) as RowObject;
}
