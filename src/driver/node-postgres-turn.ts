/** One exchange with a Postgres server through pg: statements out in one go, their rows and outcomes in. */
import { InternalError, NotSupportedError, ProgrammingError } from '../errors.ts';
import type { ColumnData, DriverValue, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import { changesOf } from './postgres/command-tag.ts';
import { ALL_TEXT, MessageWriter } from './postgres/message-writer.ts';
import { decoder } from './postgres/values.ts';

/** A statement that a session has prepared. */
export interface Prepared {
  readonly name: string;
  /** Its columns; null until the server told them. */
  columns: { readonly names: readonly string[]; readonly types: readonly number[] } | null;
}

/** A statement of a turn. */
export interface Step {
  readonly statement: Statement;
  readonly prepared: Prepared;
}

/** What of pg's connection is used. */
interface Wire {
  readonly stream: { write(bytes: Uint8Array): unknown };
}

const SLICE = 1000;
/** Messages are handed to the socket in pieces of about so many bytes. */
const PIECE = 1 << 20;
const NO_COLUMNS: NonNullable<Prepared['columns']> = { names: [], types: [] };
/** Shared by all turns: each writes all it has to say at once. */
const writer = new MessageWriter();

/**
 * All statements of a turn go out together and end with one Sync: outside a transaction they are one, or nothing.
 * The methods called `handle…` are pg's: it calls them for whoever it submits.
 */
export class Turn {
  readonly outcomes: Outcome[] = [];
  /** What the server said against a statement. */
  failure: unknown = null;
  /** True when a COMMIT was answered by a rollback, because a statement before it had failed. */
  undone = false;
  /** True when one of the statements was prepared before. */
  readonly hasOld: boolean;
  /** True when rows were handed on. */
  delivered = false;
  readonly #steps: readonly Step[];
  readonly #stale: readonly string[];
  readonly #onRows: OnRows | undefined;
  #read: ((text: string) => DriverValue)[] | null = null;
  #columns: DriverValue[][] = [];
  #length = 0;
  /** Answers of the present statement, and its changes so far. */
  #answers = 0;
  #changes = 0;

  /** `stale` are names of prepared statements to be dropped. */
  constructor(steps: readonly Step[], stale: readonly string[], onRows?: OnRows) {
    this.#steps = steps;
    this.hasOld = steps.some(({ prepared }) => prepared.columns !== null);
    this.#stale = stale;
    this.#onRows = onRows;
  }

  /** The statements the server has not answered to their end. */
  get unfinished(): readonly Step[] {
    return this.#steps.slice(this.outcomes.length);
  }

  /** Called by pg when it is this turn's turn. */
  submit({ stream }: Wire): null {
    let pieces: Uint8Array[] = [];
    const cut = (): void => {
      // The writer's bytes are its own again with the next message.
      if (writer.length > 0) pieces.push(writer.take().slice());
    };
    try {
      for (const name of this.#stale) writer.close(name);
      const sent = new Set<Prepared>();
      for (const step of this.#steps) {
        write(step, step.prepared.columns === null && !sent.has(step.prepared), () => writer.length > PIECE && cut());
        sent.add(step.prepared);
      }
    } catch (error) {
      // A value that cannot be sent: nothing is, but for what the server answers that it is ready.
      this.failure = error;
      writer.clear();
      pieces = [];
    }
    writer.sync();
    cut();
    for (const piece of pieces) stream.write(piece);
    if (this.failure === null) this.#passEmpty();
    return null;
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#step.prepared.columns = { names: fields.map(({ name }) => name), types: fields.map((field) => field.dataTypeID) };
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const read = (this.#read ??= this.#readers());
    const columns = this.#columns;
    for (let i = 0; i < read.length; i++) {
      const text = fields[i] as string | null;
      columns[i]!.push(text === null ? null : read[i]!(text));
    }
    this.#length++;
    if (this.#onRows !== undefined && this.#length === SLICE) this.#deliver();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#changes += changesOf(text);
    if (text === 'ROLLBACK' && !/^\s*(rollback|abort)/i.test(this.#step.statement.sql)) this.undone = true;
    this.#answers++;
    if (this.#answers < (this.#step.statement.many?.length ?? 1)) return;
    this.#finish();
  }

  handleEmptyQuery(): void {
    this.failure ??= new ProgrammingError('There is no statement in this SQL.', { sql: this.#step.statement.sql });
    this.#finish();
  }

  handleCopyInResponse({ stream }: Wire): void {
    const { sql } = this.#step.statement;
    this.failure = new NotSupportedError('COPY … FROM STDIN is not supported: use insertMany(), or psql.', { sql });
    // While it waits for data the server passes over the Sync it was sent.
    stream.write(writer.copyFail('nothing comes').sync().take().slice());
  }

  handleCopyData(): void {
    const { sql } = this.#step.statement;
    this.failure ??= new NotSupportedError('COPY … TO STDOUT is not supported: use stream(), or psql.', { sql });
  }

  handlePortalSuspended(): void {
    this.failure ??= new InternalError('The server kept rows back.');
  }

  handleError(error: unknown): void {
    this.failure ??= error;
  }

  // Whoever began the turn waits for the end of it, whether it failed or not.
  handleReadyForQuery(): void {}

  /** The statement that is being answered. */
  get #step(): Step {
    return this.#steps[this.outcomes.length]!;
  }

  #readers(): ((text: string) => DriverValue)[] {
    const { statement, prepared } = this.#step;
    const types = prepared.columns?.types ?? [];
    this.#columns = types.map(() => []);
    return types.map((type, index) => decoder(type, statement.expects?.[index]));
  }

  #take(): Rows {
    const { names, types } = this.#step.prepared.columns ?? NO_COLUMNS;
    const data: readonly ColumnData[] = this.#read === null ? types.map(() => []) : this.#columns;
    const rows: Rows = { names, types, length: this.#length, data };
    this.#columns = types.map(() => []);
    this.#length = 0;
    return rows;
  }

  #deliver(): void {
    this.delivered = true;
    try {
      this.#onRows?.(this.outcomes.length, this.#take());
    } catch (error) {
      this.failure ??= error;
    }
  }

  #finish(): void {
    this.#step.prepared.columns ??= NO_COLUMNS;
    if (this.#onRows !== undefined && this.#length > 0) this.#deliver();
    this.outcomes.push({ rows: this.#take(), changes: this.#changes, lastInsertId: null });
    this.#read = null;
    this.#answers = 0;
    this.#changes = 0;
    this.#passEmpty();
  }

  /** A statement for each of no rows is not sent, and not answered. */
  #passEmpty(): void {
    while (this.#step?.statement.many?.length === 0) {
      this.outcomes.push({ rows: { ...NO_COLUMNS, length: 0, data: [] }, changes: 0, lastInsertId: null });
    }
  }
}

function write({ statement, prepared }: Step, isNew: boolean, pause: () => void): void {
  const { sql, params = [], many } = statement;
  if (many?.length === 0) return;
  if (isNew) writer.parse(prepared.name, sql).describe(prepared.name);
  if (many === undefined) {
    writer.bind(prepared.name, params, ALL_TEXT).execute();
    return pause();
  }
  for (let row = 0; row < many.length; row++) {
    writer.bindRow(prepared.name, many.data, row, ALL_TEXT).execute();
    pause();
  }
}
