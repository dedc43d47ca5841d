/** Primary keys that the database counts up. */
import { makeField } from './define-field.ts';
import type { Field } from './types.ts';

/** What can be said about a key that the database makes. */
export interface AutoOptions {
  readonly columnName?: string;
  readonly helpText?: string;
  readonly verboseName?: string;
}
type Auto<T> = Field<T, { readonly primaryKey: true; readonly auto: true }>;

/** A number counted up by the database; every model without a primary key gets one called `id`. */
export function AutoField(options?: AutoOptions): Auto<number> {
  return makeField({ type: { name: 'auto' } }, { ...options, primaryKey: true }, true);
}

/** Like AutoField, with 64-bit keys as bigint. */
export function BigAutoField(options?: AutoOptions): Auto<bigint> {
  return makeField({ type: { name: 'bigauto' } }, { ...options, primaryKey: true }, true);
}
