/** Real Postgres in this thread, and an executor over it: what the tests of the language run their SQL on. */
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import type { Connection } from '../../src/driver/driver.ts';
import { openHere } from '../../src/driver/open-pglite.ts';
import type { Executor } from '../../src/query/executor.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../../src/wire/statement.ts';

/** Runs statements on PGlite through our own driver. */
export class PostgresEngine implements Executor {
  readonly ran: Statement[] = [];
  readonly dialect: Executor['dialect'] = postgres;
  readonly name: string = 'test';
  inTransaction = false;
  readonly #connection: Connection;
  readonly #schema: string;

  constructor(connection: Connection, schema: string) {
    this.#connection = connection;
    this.#schema = schema;
  }

  async run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    this.ran.push(...batch.statements);
    try {
      return await this.#connection.run(batch, onRows);
    } catch (error) {
      throw postgres.error(error);
    }
  }

  stream(statement: Statement, size = 1000): AsyncIterable<Rows> {
    this.ran.push(statement);
    return this.#connection.stream(statement, size);
  }

  async atomic<T>(body: (tx: Executor) => Promise<T>): Promise<T> {
    return body(this);
  }

  /** Runs several statements as they are written. */
  async script(sql: string): Promise<void> {
    const statements = sql
      .split(';')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => postgres.raw(text, []));
    await this.run({ statements });
  }

  /** As it was when it was opened. */
  async reset(): Promise<void> {
    await this.script('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await this.script(this.#schema);
    this.ran.length = 0;
  }
}

/** An empty database in memory, or one that `schema` made. */
export async function openPostgres(schema = ''): Promise<PostgresEngine> {
  const driver = await openHere({
    system: 'postgresql',
    name: 'test',
    storage: 'memory',
    durability: 'strict',
    lockTimeout: 5000,
    setup: [],
  });
  const engine = new PostgresEngine(driver.connect(), schema);
  await engine.script(schema);
  return engine;
}
