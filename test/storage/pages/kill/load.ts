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
  /** The file that the database exports, and the one in its storage once it is closed, where other programs judge them. */
  exported?(driver: Driver): Promise<Uint8Array>;
  stored?(job: Job): Promise<Uint8Array>;
}

/** Clients that write at the same time. */
const WRITERS = 3;

/** Does what the page tells, once. */
export function expose(subject: Subject): void {
  self.onmessage = async ({ data: job }: MessageEvent<Job>): Promise<void> => {
    try {
      self.postMessage(job.task === 'check' ? await check(subject, job) : await load(subject, job, (n) => self.postMessage(n)));
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

/** Writes, and reports the number of each transaction that is acknowledged. */
export async function load(subject: Subject, job: Job, report: (n: number) => void): Promise<Verdict> {
  const driver = await subject.open(job);
  const connection = driver.connect();
  for (const sql of subject.schema) await connection.run({ statements: [statement(sql)] });
  const { rounds = Number.POSITIVE_INFINITY } = job;
  const last = await Promise.all(Array.from({ length: WRITERS }, () => write(subject, driver.connect(), rounds, report)));
  await driver.close();
  return { last: Math.max(...last), wrong: '' };
}

async function write(subject: Subject, connection: Connection, rounds: number, report: (n: number) => void): Promise<number> {
  let n = 0;
  for (let round = 0; round < rounds; round++) {
    const outcomes = await connection.run(subject.transaction());
    n = Number(outcomes[0]?.rows.data[0]?.[0]);
    report(n);
    const upkeep = subject.upkeep?.() ?? null;
    if (upkeep !== null) await connection.run(upkeep);
  }
  return n;
}

/** What is left of the database. */
export async function check(subject: Subject, job: Job): Promise<Verdict> {
  const driver = await subject.open(job);
  const files: string[] = [];
  let verdict: Verdict;
  try {
    verdict = await subject.check(driver.connect());
    if (subject.exported !== undefined) files.push(base64(await subject.exported(driver)));
  } finally {
    await driver.close();
  }
  if (subject.stored !== undefined) files.push(base64(await subject.stored(job)));
  return { ...verdict, files };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 1 << 14) text += String.fromCharCode(...bytes.subarray(at, at + (1 << 14)));
  return btoa(text);
}
