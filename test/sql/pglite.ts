/** Real Postgres in this thread, and an executor over it: what the tests of the language run their SQL on. */
import { PGlite } from '@electric-sql/pglite';
import type { Question } from '../../src/dialect/introspection.ts';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import { DatabaseError } from '../../src/errors.ts';
import type { Executor } from '../../src/query/executor.ts';
import type { Batch, DriverValue, Outcome, Rows, Statement } from '../../src/wire/statement.ts';

/** Runs statements on PGlite as a driver does, without slices. */
export class PostgresExecutor implements Executor {
  readonly ran: Statement[] = [];
  readonly dialect: Executor['dialect'] = postgres;
  readonly name: string = 'test';
  readonly engine: PGlite;
  inTransaction = false;

  constructor(engine: PGlite) {
    this.engine = engine;
  }

  async run({ statements, bracket }: Batch): Promise<readonly Outcome[]> {
    if (bracket) await this.#one(bracket.begin);
    try {
      const outcomes: Outcome[] = [];
      for (const statement of statements) outcomes.push(await this.#one(statement));
      if (bracket) await this.#one(bracket.commit);
      return outcomes;
    } catch (error) {
      if (bracket) await this.#one(bracket.rollback);
      throw postgres.error(error);
    }
  }

  async *stream(statement: Statement): AsyncGenerator<Rows, void, undefined> {
    yield (await this.#one(statement)).rows;
  }

  async atomic<T>(body: (tx: Executor) => Promise<T>): Promise<T> {
    return body(this);
  }

  /** What the engine answers to a question. */
  async ask<T>({ statements, read }: Question<T>): Promise<T> {
    return read((await this.run({ statements })).map(({ rows }) => rows));
  }

  /** The rows of SQL as it is written. */
  async rows(sql: string): Promise<readonly (readonly DriverValue[])[]> {
    return (await this.engine.query<DriverValue[]>(sql, [], { rowMode: 'array' })).rows;
  }

  /** Runs `body`, and nothing of what it did stays. */
  async undone<T>(body: () => Promise<T>): Promise<T> {
    await this.engine.exec('BEGIN');
    try {
      return await body();
    } finally {
      await this.engine.exec('ROLLBACK');
    }
  }

  async #one(statement: Statement): Promise<Outcome> {
    this.ran.push(statement);
    const { sql, params = [] } = statement;
    try {
      const { fields, rows, affectedRows = 0 } = await this.engine.query<DriverValue[]>(sql, [...params], { rowMode: 'array' });
      const data = fields.map((_, at) => rows.map((row) => row[at] as DriverValue));
      const result = { names: fields.map(({ name }) => name), length: rows.length, data };
      return { rows: result, changes: affectedRows, lastInsertId: null };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      throw new DatabaseError(message, { code, sql });
    }
  }
}

/** An empty database in memory, or one that `schema` made. */
export async function openPostgres(schema = ''): Promise<PostgresExecutor> {
  const engine = await PGlite.create();
  if (schema !== '') await engine.exec(schema);
  return new PostgresExecutor(engine);
}
