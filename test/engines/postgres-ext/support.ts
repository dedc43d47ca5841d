/** Runs a suite on every Postgres there is here. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { PostgresqlExtDatabase } from '../../../src/entry/postgresql-ext.ts';
import type { AnyModel, BindableModel } from '../../../src/index.ts';
import { type Opened, postgresBackends } from '../../backends.ts';

/** What the tests of a suite have. */
export interface Suite {
  /** The backend's. */
  readonly name: string;
  readonly database: PostgresqlExtDatabase;
}

/** Declares a suite over these models, whose tables exist in each database, and these extensions. */
export function eachPostgres(
  name: string,
  models: readonly (AnyModel & BindableModel)[],
  body: (suite: Suite) => void,
  extensions: readonly string[] = [],
): void {
  describe.each(postgresBackends)(`${name} on $name`, (backend) => {
    let opened: Opened<PostgresqlExtDatabase> | undefined;
    beforeAll(async () => {
      opened = await backend.open();
      const { database } = opened;
      for (const extension of extensions) await database.executeSql(`create extension if not exists ${extension}`);
      database.bind(models);
      await database.createTables(models);
    });
    afterAll(() => opened?.discard());
    body({
      name: backend.name,
      get database() {
        return opened?.database as PostgresqlExtDatabase;
      },
    });
  });
}
