/** SQL said shortly, to a connection of a driver. */
import type { Connection } from '../../src/driver/driver.ts';
import type { DriverValue, Mode, Outcome, Statement } from '../../src/wire/statement.ts';

export interface Asking {
  /** SQL as a statement with the mode that goes with it. */
  sql(text: string, ...params: DriverValue[]): Statement;
  /** Runs one statement. */
  run(connection: Connection, text: string, ...params: DriverValue[]): Promise<Outcome>;
  /** The rows of a query, each as an array. */
  rows(connection: Connection, text: string, ...params: DriverValue[]): Promise<DriverValue[][]>;
  /** The first column of a query. */
  column(connection: Connection, text: string, ...params: DriverValue[]): Promise<DriverValue[]>;
}

/** For one engine: `modes` are those of what begins so, the first that fits; whatever else there is writes. */
export function asking(modes: readonly (readonly [RegExp, Mode])[]): Asking {
  const sql: Asking['sql'] = (text, ...params) => ({
    sql: text,
    params,
    mode: modes.find(([pattern]) => pattern.test(text))?.[1] ?? 'write',
  });
  const run: Asking['run'] = async (connection, text, ...params) => {
    const [outcome] = await connection.run({ statements: [sql(text, ...params)] });
    return outcome!;
  };
  return {
    sql,
    run,
    async rows(connection, text, ...params) {
      const { rows } = await run(connection, text, ...params);
      return Array.from({ length: rows.length }, (_, row) => rows.data.map((column) => column[row]!));
    },
    async column(connection, text, ...params) {
      const { rows } = await run(connection, text, ...params);
      return [...(rows.data[0] ?? [])];
    },
  };
}
