/** Options and statements for the bridge's tests, without anything of a test runner. */
import type { OpenOptions } from '../../src/driver/driver.ts';
import type { DriverValue, Statement } from '../../src/wire/statement.ts';

export const options: OpenOptions = { name: 'test.db', storage: 'memory', durability: 'strict', lockTimeout: 5000, setup: [] };

export const read = (sql: string, ...params: DriverValue[]): Statement => ({ sql, mode: 'read', params });

export const write = (sql: string, ...params: DriverValue[]): Statement => ({ sql, mode: 'write', params });

/** The numbers from 1 to `n`, one a row, and a text. */
export const count = (n: number): Statement =>
  read("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i, i || '!' AS t FROM n", n);
