/** `waxwing/postgresql-ext`: what only Postgres has: cursors of the server, and fields for its own types. */
import { type ServerSideOptions, type Streamable, serverSide } from '../database/server-side.ts';
import { PostgresqlDatabase } from './postgresql.ts';

export type { ServerSideOptions, Streamable } from '../database/server-side.ts';
export { type ArrayExpr, ArrayField, type ArrayOps, type Quantified } from '../fields/postgres/array.ts';
export {
  BinaryJSONField,
  type JsonbChanges,
  type JsonbExpr,
  type JsonbOps,
  type JsonbPath,
} from '../fields/postgres/binary-json.ts';
export { CITextField } from '../fields/postgres/citext.ts';
export { DateTimeTZField, type InstantExpr, type InstantOps } from '../fields/postgres/datetimetz.ts';
export { type HStoreExpr, HStoreField, type HStoreOps, type Hstore } from '../fields/postgres/hstore.ts';
export {
  type IntervalExpr,
  IntervalField,
  type IntervalOps,
  type IntervalParts,
  interval,
  isoInterval,
} from '../fields/postgres/interval.ts';
export {
  BigIntegerRangeField,
  DateRangeField,
  DateTimeRangeField,
  DateTimeTZRangeField,
  DecimalRangeField,
  emptyRange,
  IntegerRangeField,
  type RangeExpr,
  type RangeField,
  type RangeOps,
  range,
} from '../fields/postgres/range.ts';
export {
  type HeadlineOptions,
  headline,
  Match,
  type RankOptions,
  type SearchOptions,
  type TSVectorExpr,
  type TSVectorOps,
  toTsvector,
  type Weight,
} from '../fields/postgres/text-search.ts';
export { isSimilar, similarity, textDistance, wordSimilarity } from '../fields/postgres/trigram.ts';
export { type GeneratedOptions, TSVectorField, type TSVectorOptions } from '../fields/postgres/tsvector.ts';
export type { Dimensions, Nested } from '../fields/postgres/types.ts';
export { VectorField, type VectorOps, type VectorOptions } from '../fields/postgres/vector.ts';
export type { Interval } from '../util/interval.ts';
export type { Range } from '../util/range.ts';

/** A `PostgresqlDatabase` with what the manual calls its extension module. */
export class PostgresqlExtDatabase extends PostgresqlDatabase {
  /**
   * The rows of a query, read by a cursor a batch at a time: a table of millions of rows takes no more memory than one of
   * thousands. They are those that were there when the loop began, whatever others do meanwhile; leaving it closes the cursor.
   *
   * ```ts
   * for await (const { url } of database.serverSide(Visit.select(Visit.url).dicts(), { batchSize: 500 })) await send(url);
   * ```
   * In a transaction: `tx` as `executor`. peewee: `ServerSide(query, array_size)`.
   */
  serverSide<Row>(query: Streamable<Row>, { batchSize = 1000, executor = this }: ServerSideOptions = {}): AsyncIterable<Row> {
    return serverSide(executor, query, batchSize);
  }
}
