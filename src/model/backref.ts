/** The other side of a foreign key: the query of the rows that point at one. */
import type { Executor } from '../query/executor.ts';
import { keyOf } from './convert.ts';
import type { ModelField } from './metadata.ts';
import type { RowObject } from './row-state.ts';
import { ModelSelectQuery } from './select.ts';
import { sourceOfMeta } from './source.ts';

/** A row with the methods of its model. */
interface Savable {
  save(): Promise<number>;
}

class BackrefQuery extends ModelSelectQuery {
  readonly '~field': ModelField;
  readonly '~owner': RowObject;

  constructor(field: ModelField, owner: RowObject, executor: Executor | null) {
    super(sourceOfMeta(field.meta), [], executor);
    this['~field'] = field;
    this['~owner'] = owner;
  }

  /** Makes `row` point at the owner and saves it. */
  async add(row: object): Promise<void> {
    (row as Record<string, unknown>)[this['~field'].key] = this['~owner'];
    await (row as Savable).save();
  }
}

/** The rows whose `field` points at `owner`. */
export function backrefQuery(field: ModelField, owner: RowObject, executor: Executor | null): ModelSelectQuery {
  const query = new BackrefQuery(field, owner, executor);
  return query.where(sourceOfMeta(field.meta).column(field).eq(keyOf(field, owner)));
}
