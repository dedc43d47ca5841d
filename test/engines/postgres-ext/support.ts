/** Runs a suite on every Postgres there is here, one database for each. */
import { afterAll, beforeAll, describe } from 'vitest';
import { PostgresqlExtDatabase } from '../../../src/entry/postgresql-ext.ts';
import type { BindableModel } from '../../../src/index.ts';

export interface Suite {
  readonly database: PostgresqlExtDatabase;
}

/** Declares a suite over these models, whose tables exist in each database. */
export function eachPostgres(name: string, models: readonly BindableModel[], body: (suite: Suite) => void): void {
  describe.each(['memory'])(`${name} on %s`, () => {
    const suite = { database: new PostgresqlExtDatabase(':memory:', { extensions: ['pg_trgm'] }) };
    beforeAll(async () => {
      suite.database.bind(models);
      await suite.database.createTables(models as never);
    }, 60_000);
    afterAll(async () => {
      await suite.database.close();
    });
    body(suite);
  });
}
