/** `waxwing/postgresql-ext`: what only Postgres has: cursors of the server, and fields for its own types. */
import { type ServerSideOptions, type Streamable, serverSide } from '../database/server-side.ts';
import { PostgresqlDatabase } from './postgresql.ts';

export type { ServerSideOptions, Streamable } from '../database/server-side.ts';

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
