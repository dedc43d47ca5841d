/** A small driver on stock sql.js in memory, so that the bridge is tested against a real engine and nothing else. */
import initSqlJs from 'sql.js';
import type { Connection, Driver, DriverEvents, OpenOptions } from '../../src/driver/driver.ts';
import { ConnectionClosedError, IntegrityError, OperationalError, ProgrammingError } from '../../src/errors.ts';
import type { Durability, StorageState } from '../../src/storage/backend.ts';
import { Emitter } from '../../src/util/emitter.ts';
import type { Batch, DriverValue, OnRows, Outcome, Rows, Statement } from '../../src/wire/statement.ts';

/** The part of sql.js's own interface used here. */
interface Database {
  prepare(sql: string): Prepared;
  export(): Uint8Array<ArrayBuffer>;
  getRowsModified(): number;
}

interface Prepared {
  bind(values: readonly (DriverValue | undefined)[]): void;
  step(): boolean;
  get(): DriverValue[];
  getColumnNames(): string[];
  reset(): void;
  free(): void;
}

/** What a test wants to know or to do on the engine's side. */
export class TinyDriver implements Driver {
  readonly version = '3.54.0';
  readonly events = new Emitter<DriverEvents>();
  readonly log: string[] = [];
  /** Slices made by streams so far. */
  slices = 0;
  durability: Durability;
  /** Every `run` waits for it. */
  gate: () => Promise<unknown> = async () => {};
  /** What every statement answers, for results that SQLite does not have. */
  answer: Rows | null = null;
  /** The statements of the last batch. */
  given: readonly Statement[] = [];
  readonly database: Database;

  constructor(database: Database, options: OpenOptions) {
    this.database = database;
    this.durability = options.durability;
  }

  connect(options?: { label?: string }): Connection {
    this.log.push(`connect ${options?.label ?? ''}`.trim());
    return new TinyConnection(this);
  }

  async storage(): Promise<StorageState> {
    return {
      backend: 'memory',
      durability: this.durability,
      persisted: false,
      bytes: 0,
      quota: null,
      pending: 0,
      lastFlush: null,
    };
  }

  async setDurability(durability: Durability): Promise<void> {
    this.durability = durability;
  }

  async flush(): Promise<void> {
    this.log.push('flush');
  }

  async persist(): Promise<boolean> {
    return true;
  }

  async exportFile({
    onProgress,
    signal,
  }: {
    onProgress?: ((done: number, total: number | null) => void) | undefined;
    signal?: AbortSignal | undefined;
  } = {}): Promise<Blob> {
    for (let done = 1; done <= 3; done++) {
      signal?.throwIfAborted();
      onProgress?.(done, 3);
    }
    if (signal) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return new Blob([this.database.export()]);
  }

  async importFile(file: Blob): Promise<void> {
    if (file.size === 0) throw new OperationalError('An empty file.');
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.events.on(event, listener);
  }

  async close(): Promise<void> {
    this.log.push('driver closed');
  }
}

class TinyConnection implements Connection {
  readonly #driver: TinyDriver;
  #closed = false;

  constructor(driver: TinyDriver) {
    this.#driver = driver;
  }

  async run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    await this.#driver.gate();
    this.#driver.given = batch.statements;
    if (this.#closed) throw new ConnectionClosedError('closed');
    return batch.statements.map((statement, index) => this.#one(statement, index, onRows));
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows> {
    try {
      const rows = this.#rows(statement);
      for (let at = 0; at < rows.length; at += size) {
        this.#driver.slices++;
        yield slice(rows, at, size);
      }
    } finally {
      this.#driver.log.push('stream freed');
    }
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#driver.log.push('connection closed');
    this.#closed = true;
  }

  #one(statement: Statement, index: number, onRows: OnRows | undefined): Outcome {
    const rows = this.#rows(statement);
    const outcome = { changes: this.#driver.database.getRowsModified(), lastInsertId: null };
    if (!onRows) return { rows, ...outcome };
    for (let at = 0; at < rows.length; at += 1000) onRows(index, slice(rows, at, 1000));
    return { rows: { names: rows.names, length: 0, data: [] }, ...outcome };
  }

  #rows({ sql, params = [], many }: Statement): Rows {
    if (this.#driver.answer !== null) return this.#driver.answer;
    const prepared = this.#prepare(sql);
    try {
      const names = prepared.getColumnNames();
      const data: DriverValue[][] = names.map(() => []);
      let length = 0;
      for (let row = 0; row < (many?.length ?? 1); row++) {
        prepared.bind(many ? many.data.map((column) => column[row]) : params);
        for (; prepared.step(); length++) prepared.get().forEach((value, column) => void data[column]?.push(value));
        prepared.reset();
      }
      return { names, length, data: data.map(pack) };
    } catch (cause) {
      if (!/constraint failed/.test(String(cause))) throw cause;
      throw new IntegrityError(String(cause), { code: 2067, sql, cause, constraint: 'unique', table: 'user', columns: ['name'] });
    } finally {
      prepared.free();
    }
  }

  #prepare(sql: string): Prepared {
    try {
      return this.#driver.database.prepare(sql);
    } catch (cause) {
      throw new ProgrammingError(String(cause), { code: 1, sql, cause });
    }
  }
}

function pack(column: DriverValue[]): Float64Array | DriverValue[] {
  return column.length >= 32 && column.every((value) => typeof value === 'number')
    ? Float64Array.from(column as number[])
    : column;
}

function slice(rows: Rows, at: number, size: number): Rows {
  return {
    ...rows,
    length: Math.min(size, rows.length - at),
    data: rows.data.map((column) => column.slice(at, at + size)),
  };
}

export async function openTiny(options: OpenOptions): Promise<TinyDriver> {
  const engine = (await initSqlJs()) as unknown as { readonly Database: new () => Database };
  return new TinyDriver(new engine.Database(), options);
}
