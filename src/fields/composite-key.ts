/** A primary key made of several fields. */

/** Given as `primaryKey` in a model's meta: `static meta = { primaryKey: CompositeKey('user', 'tweet') }`. */
export interface CompositeKey<K extends string = string> {
  readonly '~compositeKey': readonly K[];
}

/** The fields that together are the primary key of a model, by their names. */
export function CompositeKey<const K extends string>(...fields: readonly K[]): CompositeKey<K> {
  return { '~compositeKey': fields };
}
