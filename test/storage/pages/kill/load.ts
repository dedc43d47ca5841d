/** A database under write load in a worker, and the check of what is left of it, for any engine. */
import type { Connection, Driver } from '../../../../src/driver/driver.ts';
import type { Batch, DriverValue, Mode, Statement } from '../../../../src/wire/statement.ts';
import type { Job, Verdict } from './job.ts';

/** What an engine has to say about its database. */
export interface Subject {
  open(job: Job): Promise<Driver>;
  /** Makes the tables that are not there yet. */
  readonly schema: readonly string[];
  /** Its first statement tells its number. */
  transaction(): Batch;
  /** What a client does between two transactions now and then. */
  upkeep?(): Batch | null;
  check(connection: Connection): Promise<Verdict>;
}

/** Clients that write at the same time. */
const WRITERS = 3;

/** Does what the page tells, once. */
export function expose(subject: Subject): void {
  self.onmessage = async ({ data: job }: MessageEvent<Job>): Promise<void> => {
    try {
      self.postMessage(job.task === 'check' ? await check(subject, job) : await load(subject, job));
    } catch (error) {
      const wrong = `${(error as Error).name}: ${(error as Error).message}`;
      self.postMessage(job.task === 'check' ? { last: -1, wrong } : wrong);
    }
  };
}

/** The first row of what a statement answers. */
export async function ask(connection: Connection, sql: string): Promise<DriverValue[]> {
  const [outcome] = await connection.run({ statements: [statement(sql, [], 'read')] });
  return (outcome?.rows.data ?? []).map((column) => column[0] ?? null);
}

export function statement(sql: string, params: readonly DriverValue[] = [], mode: Mode = 'write'): Statement {
  return { sql, params, mode };
}

async function load(subject: Subject, job: Job): Promise<Verdict> {
  const driver = await subject.open(job);
  const connection = driver.connect();
  for (const sql of subject.schema) await connection.run({ statements: [statement(sql)] });
  const { rounds = Number.POSITIVE_INFINITY } = job;
  const last = await Promise.all(Array.from({ length: WRITERS }, () => write(subject, driver.connect(), rounds)));
  await driver.close();
  return { last: Math.max(...last), wrong: '' };
}

async function write(subject: Subject, connection: Connection, rounds: number): Promise<number> {
  let n = 0;
  for (let round = 0; round < rounds; round++) {
    const outcomes = await connection.run(subject.transaction());
    n = Number(outcomes[0]?.rows.data[0]?.[0]);
    self.postMessage(n);
    const upkeep = subject.upkeep?.() ?? null;
    if (upkeep !== null) await connection.run(upkeep);
  }
  return n;
}

async function check(subject: Subject, job: Job): Promise<Verdict> {
  const driver = await subject.open(job);
  try {
    return await subject.check(driver.connect());
  } finally {
    await driver.close();
  }
}
