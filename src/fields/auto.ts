/** Primary keys that the database counts up. */
import { makeField } from './define-field.ts';
import type { Field, KeyOptions } from './types.ts';

/** What can be said about any key that the database makes. */
interface PlainOptions {
  readonly columnName?: string;
  readonly helpText?: string;
  readonly verboseName?: string;
}

/** Options of AutoField and BigAutoField. */
export interface AutoOptions extends PlainOptions, Pick<KeyOptions, 'sequence'> {}

/** Options of IdentityField. */
export interface IdentityOptions extends PlainOptions, Pick<KeyOptions, 'generateAlways'> {}

type Auto<T> = Field<T, { readonly primaryKey: true; readonly auto: true }>;

/**
 * A number counted up by the database; every model without a primary key gets one called `id`.
 * In Postgres it is an identity column: a key given by hand is taken, and not counted. After giving some, call
 * `Model.syncSequence()`, or a later row will be given a key that is taken.
 */
export function AutoField(options?: AutoOptions): Auto<number> {
  return makeField({ type: { name: 'auto' } }, { ...options, primaryKey: true }, true);
}

/** Like AutoField, with 64-bit keys as bigint. */
export function BigAutoField(options?: AutoOptions): Auto<bigint> {
  return makeField({ type: { name: 'bigauto' } }, { ...options, primaryKey: true }, true);
}

/**
 * Like AutoField; with `generateAlways: true` the only keys are those the database makes: Postgres refuses others.
 * peewee: `IdentityField`.
 */
export function IdentityField(options?: IdentityOptions): Auto<number> {
  return makeField({ type: { name: 'auto' } }, { ...options, primaryKey: true }, true);
}
