/** What a benchmark times: one way to do a job, prepared once and sampled many times, its rivals in between. */

export interface Subject {
  /** Does the job once and returns the milliseconds it took; what it does to get ready for it is not counted. */
  sample(): Promise<number>;
  finish?(): Promise<void>;
}

export type Subjects = Readonly<Record<string, () => Promise<Subject>>>;

/** Milliseconds `job` takes. */
export async function timed(job: () => unknown): Promise<number> {
  const started = performance.now();
  await job();
  return performance.now() - started;
}

/** Milliseconds `job` takes on average, done `times` times in a row: a page's clock ticks only every 0.1 ms. */
export async function averaged(times: number, job: () => unknown): Promise<number> {
  const total = await timed(async () => {
    for (let count = 0; count < times; count++) await job();
  });
  return total / times;
}

/** Subjects by row and name, prepared when first sampled. */
export class Lab {
  readonly #rows: Readonly<Record<string, Subjects>>;
  readonly #ready = new Map<string, Subject>();

  constructor(rows: Readonly<Record<string, Subjects>>) {
    this.#rows = rows;
  }

  async prepare(row: string, name: string): Promise<void> {
    const make = this.#rows[row]?.[name];
    if (make === undefined) throw new RangeError(`There is no ${name} in ${row}.`);
    this.#ready.set(`${row}/${name}`, await make());
  }

  async sample(row: string, name: string): Promise<number> {
    const subject = this.#ready.get(`${row}/${name}`);
    if (subject === undefined) throw new RangeError(`${name} in ${row} is not prepared.`);
    return subject.sample();
  }

  async finish(row: string): Promise<void> {
    for (const [key, subject] of this.#ready) {
      if (!key.startsWith(`${row}/`)) continue;
      await subject.finish?.();
      this.#ready.delete(key);
    }
  }
}
