/** The one session of a Postgres in this thread: runs statements to their end, and keeps them prepared. */
import { InternalError, OperationalError, ProgrammingError, WaxwingError } from '../errors.ts';
import type { DriverValue, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Notification } from './driver.ts';
import type { PostgresModule } from './pglite-engine.ts';
import { type Prepared, PreparedStatements } from './pglite-prepared.ts';
import { ROLL_BACK } from './pglite-sql.ts';
import type { Trace } from './pglite-traces.ts';
import { Wire } from './pglite-wire.ts';
import { Answers } from './postgres/answers.ts';
import { ALL_TEXT, MessageWriter } from './postgres/message-writer.ts';
import { type Description, RowDecoder } from './postgres/row-decoder.ts';
import { serverError } from './postgres/server-error.ts';

/** Rows in a slice of a result. */
const SLICE = 1000;
/** Bytes of messages sent at once where many rows are bound. */
const BURST = 1 << 18;
const NO_VALUES: readonly DriverValue[] = [];
const ABORTED = '25P02';
/** No statement has this name. */
const NOBODY = 'waxwing_nobody';

/** Receives rows in slices. */
export type Sink = (rows: Rows) => void;

export class Session {
  readonly #wire: Wire;
  readonly #writer = new MessageWriter();
  readonly #answers: Answers;
  readonly #statements = new PreparedStatements();
  /** True while Postgres waits for the end of what was sent. */
  #owesSync = false;
  /** Why the open transaction is aborted. */
  #aborted: Error | null = null;
  /** What the last statement left in the session. */
  trace: Trace | null = null;
  /** True while a statement runs: what its rows set off must not run another one. */
  isRunning = false;

  constructor(module: PostgresModule, onNotification: (notification: Notification) => void) {
    this.#answers = new Answers(onNotification);
    this.#wire = new Wire(module, (type, bytes, start, end) => this.#answers.hear(type, bytes, start, end));
  }

  /** True inside a transaction that was begun and not ended. */
  get isOpen(): boolean {
    return this.#answers.isOpen;
  }

  /** True inside a transaction in which a statement failed. */
  get isAborted(): boolean {
    return this.#answers.isAborted;
  }

  /** True when nothing can be run any more. */
  get isBroken(): boolean {
    return this.#wire.isBroken;
  }

  /** Runs one statement to its end; rows come as the result, or in slices where there is a sink. */
  run(statement: Statement, sink?: Sink): Outcome {
    const wasOpen = this.isOpen;
    return this.#exclusively(statement.sql, () => {
      try {
        return this.#runOnce(statement, sink);
      } catch (error) {
        if (wasOpen || this.isOpen || !isStale(error)) throw error;
        // What the statement looks at was changed where nobody could see it, in a function say.
        this.#statements.outdate();
        return this.#runOnce(statement, sink);
      }
    });
  }

  /** Runs SQL without values and returns its rows. */
  query(sql: string): Rows {
    return this.run({ sql, mode: 'read' }).rows;
  }

  /** The columns of a cursor; its rows come as text. */
  describeCursor(name: string, sql: string): Description {
    return this.#exclusively(sql, () => {
      this.#answers.reset();
      this.#writer.describeCursor(name);
      this.#synchronize();
      this.#check(sql);
      return { ...this.#answers.description, formats: null };
    });
  }

  /** The next rows of a cursor, as `statement` expects them. */
  fetch(name: string, description: Description, { sql, expects, packed = false }: Statement, count: number): Rows {
    return this.#exclusively(sql, () => {
      this.#answers.reset();
      const decoder = new RowDecoder(description, expects, packed);
      this.#answers.decoder = decoder;
      this.#writer.execute(count, name);
      this.#synchronize();
      this.#check(sql);
      return decoder.take();
    });
  }

  /** Ends the transaction that is open. */
  rollBack(): void {
    if (this.isOpen && !this.isBroken) this.query(ROLL_BACK);
  }

  /** Nothing runs any more. */
  close(error: WaxwingError): void {
    this.#wire.close(error);
  }

  #exclusively<T>(sql: string, work: () => T): T {
    if (this.isRunning) throw new InternalError('A statement was run in the middle of another one.', { sql });
    this.isRunning = true;
    try {
      return work();
    } finally {
      this.#writer.clear();
      if (this.#owesSync && !this.isBroken) this.#synchronize();
      this.isRunning = false;
    }
  }

  #runOnce(statement: Statement, sink: Sink | undefined): Outcome {
    const prepared = this.#take(statement.sql);
    const { description } = prepared;
    const answers = this.#answers;
    answers.reset();
    answers.description = description;
    if (description.names.length > 0) {
      answers.decoder = new RowDecoder(description, statement.expects, statement.packed === true && sink !== undefined);
    }
    if (statement.many !== undefined) this.#executeMany(prepared, statement);
    else this.#execute(prepared, statement.params ?? NO_VALUES, sink);
    return this.#conclude(prepared, sink);
  }

  #execute(prepared: Prepared, params: readonly DriverValue[], sink: Sink | undefined): void {
    requireCount(prepared, params.length);
    const answers = this.#answers;
    const { decoder } = answers;
    const writer = this.#writer.bind(prepared.name, params, prepared.description.formats ?? ALL_TEXT);
    if (sink === undefined || decoder === null) writer.execute();
    else {
      this.#exchange(writer.execute(SLICE).flush().take());
      while (answers.isSuspended) {
        answers.isSuspended = false;
        sink(decoder.take());
        this.#exchange(writer.execute(SLICE).flush().take());
      }
    }
    this.#synchronize();
  }

  /** Once per row, in one transaction where none is open. */
  #executeMany(prepared: Prepared, statement: Statement): void {
    const { data, length } = statement.many!;
    const formats = prepared.description.formats ?? ALL_TEXT;
    const writer = this.#writer;
    requireCount(prepared, data.length);
    try {
      for (let row = 0; row < length && this.#answers.error === null; row++) {
        writer.bindRow(prepared.name, data, row, formats).execute();
        if (writer.length > BURST) this.#exchange(writer.take());
      }
    } catch (error) {
      // What was bound before must not be committed: an error of Postgres's own ends the transaction.
      this.#answers.failure = error;
      writer.clear();
      writer.bind(NOBODY, NO_VALUES, ALL_TEXT);
    }
    this.#synchronize();
  }

  #conclude(prepared: Prepared, sink: Sink | undefined): Outcome {
    const { sql } = prepared;
    const answers = this.#answers;
    this.#check(sql);
    if (answers.isEmpty) throw new ProgrammingError('There is no statement in this SQL.', { sql });
    if (answers.copiesOut)
      throw new ProgrammingError('COPY … TO STDOUT has nowhere to write to: select the rows instead.', { sql });
    this.#note(prepared);
    const { names, types } = answers.description;
    let rows: Rows = answers.decoder?.take() ?? { names, types, length: 0, data: [] };
    if (sink !== undefined && answers.decoder !== null) {
      if (rows.length > 0) sink(rows);
      rows = { names, types, length: 0, data: names.map(() => []) };
    }
    return { rows, changes: answers.changes, lastInsertId: null };
  }

  /** Remembers what the statement did to the transaction, to what is prepared, and to the session. */
  #note(prepared: Prepared): void {
    const { tag, isOpen, isAborted } = this.#answers;
    this.#statements.note(tag, prepared, isOpen);
    this.trace = prepared.trace;
    if (tag !== 'ROLLBACK') return;
    const aborted = this.#aborted;
    if (!isAborted) this.#aborted = null;
    // Postgres's answer to a COMMIT in a transaction that cannot be committed.
    if (prepared.commits) throw rolledBack(aborted, prepared.sql);
  }

  /** @throws the error of the messages sent last, where there was one. */
  #check(sql: string): void {
    const { error, failure } = this.#answers;
    if (failure !== null) throw failure;
    if (error === null) return;
    const thrown = serverError(error, sql);
    if (error.severity === 'FATAL' || error.severity === 'PANIC') {
      const broken = new InternalError(`Postgres ended: ${thrown.message}`, { cause: thrown, sql });
      this.#wire.close(broken);
      throw broken;
    }
    if (error.code === ABORTED && this.#aborted !== null) throw rolledBack(this.#aborted, sql);
    if (this.isAborted) this.#aborted ??= thrown;
    throw thrown;
  }

  /** A prepared statement, from those kept if possible. */
  #take(sql: string): Prepared {
    const kept = this.#statements.take(sql);
    const prepared = kept === undefined || this.#statements.isStale(kept) ? this.#prepare(sql, kept) : kept;
    const gone = this.#statements.add(prepared);
    // It goes with the message that is sent next.
    if (gone !== null) this.#writer.close(gone);
    return prepared;
  }

  #prepare(sql: string, stale: Prepared | undefined): Prepared {
    const answers = this.#answers;
    const name = this.#statements.nameFor(sql);
    answers.reset();
    if (stale !== undefined) this.#writer.close(stale.name);
    this.#exchange(this.#writer.parse(name, sql).describe(name).flush().take());
    if (answers.error !== null) this.#synchronize();
    this.#check(sql);
    return this.#statements.describe(sql, name, answers.parameters, answers.description);
  }

  #exchange(messages: Uint8Array): void {
    this.#owesSync = true;
    this.#wire.exchange(messages);
  }

  /** Ends what was sent: outside a transaction it commits here. */
  #synchronize(): void {
    this.#exchange(this.#writer.sync().take());
    this.#owesSync = false;
  }
}

function requireCount({ parameters, sql }: Prepared, count: number): void {
  if (count === parameters) return;
  throw new ProgrammingError(`The statement has ${parameters} placeholders and got ${count} values.`, { sql });
}

/** The schema has changed under a prepared statement, or it is gone. */
function isStale(error: unknown): boolean {
  if (!(error instanceof WaxwingError)) return false;
  return (
    error.code === '26000' || (error.code === '0A000' && error.message.startsWith('cached plan must not change result type'))
  );
}

function rolledBack(cause: Error | null, sql: string): OperationalError {
  const reason = cause === null ? 'a statement in it failed' : cause.message;
  return new OperationalError(`The transaction was rolled back after an error: ${reason}`, { code: ABORTED, cause, sql });
}
