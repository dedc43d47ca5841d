/** The one session of a Postgres in this thread: runs statements to their end, and keeps them prepared. */
import { InternalError, OperationalError, ProgrammingError, WaxwingError } from '../errors.ts';
import type { DriverValue, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Notification } from './driver.ts';
import type { PostgresModule } from './pglite-engine.ts';
import { CHANGES_SCHEMA, COMMITS, ROLL_BACK, RUNS_AGAIN, SETS_PATH, SETS_PATH_BY } from './pglite-sql.ts';
import { type Trace, traceOf } from './pglite-traces.ts';
import { Wire } from './pglite-wire.ts';
import { changesOf } from './postgres/command-tag.ts';
import { readDescription, readError, readStrings } from './postgres/message-reader.ts';
import { MessageWriter } from './postgres/message-writer.ts';
import { type Description, formatsOf, RowDecoder } from './postgres/row-decoder.ts';
import { type ServerFields, serverError } from './postgres/server-error.ts';

/** Prepared statements kept. */
const KEPT = 200;
/** Rows in a slice of a result. */
const SLICE = 1000;
/** Bytes of messages sent at once where many rows are bound. */
const BURST = 1 << 18;
const NO_VALUES: readonly DriverValue[] = [];
const NO_COLUMNS: Description = { names: [], types: [], formats: formatsOf([]) };
const ABORTED = '25P02';

const letter = (text: string): number => text.charCodeAt(0);
const DATA_ROW = letter('D');
const COMPLETE = letter('C');
const READY = letter('Z');
const COLUMNS = letter('T');
const PARAMETERS = letter('t');
const ERROR = letter('E');
const EMPTY = letter('I');
const SUSPENDED = letter('s');
const NOTIFIED = letter('A');
const COPIES_OUT = letter('H');

const IDLE = letter('I');
const FAILED = letter('E');

/** Receives rows in slices. */
export type Sink = (rows: Rows) => void;

/** A statement that Postgres has prepared. */
interface Prepared {
  /** Its name there; empty for one that is not kept. */
  readonly name: string;
  readonly sql: string;
  readonly parameters: number;
  readonly description: Description;
  /** The schema it was prepared in. */
  readonly era: number;
  readonly commits: boolean;
  /** True where it changes what a name means. */
  readonly movesPath: boolean;
  readonly trace: Trace | null;
}

/** What the answers to the messages sent last were. */
class Answers {
  decoder: RowDecoder | null = null;
  description: Description = NO_COLUMNS;
  parameters = 0;
  tag = '';
  changes = 0;
  isEmpty = false;
  isSuspended = false;
  copiesOut = false;
  error: (ServerFields & { readonly severity: string }) | null = null;
  failure: unknown = null;
}

export class Session {
  readonly #wire: Wire;
  readonly #writer = new MessageWriter();
  readonly #prepared = new Map<string, Prepared>();
  readonly #onNotification: (notification: Notification) => void;
  #answers = new Answers();
  #status = IDLE;
  #names = 0;
  /** Counted up whenever the columns of a prepared statement may have changed. */
  #era = 0;
  #changedInTransaction = false;
  /** True while Postgres waits for the end of what was sent. */
  #owesSync = false;
  /** Why the open transaction is aborted. */
  #aborted: Error | null = null;
  /** What the last statement left in the session. */
  trace: Trace | null = null;
  /** True while a statement runs: what its rows set off must not run another one. */
  isRunning = false;

  constructor(module: PostgresModule, onNotification: (notification: Notification) => void) {
    this.#wire = new Wire(module, (type, bytes, start, end) => this.#hear(type, bytes, start, end));
    this.#onNotification = onNotification;
  }

  /** True inside a transaction that was begun and not ended. */
  get isOpen(): boolean {
    return this.#status !== IDLE;
  }

  /** True inside a transaction in which a statement failed. */
  get isAborted(): boolean {
    return this.#status === FAILED;
  }

  /** True when nothing can be run any more. */
  get isBroken(): boolean {
    return this.#wire.isBroken;
  }

  /** Runs one statement to its end; rows come as the result, or in slices of `size` where there is a sink. */
  run(statement: Statement, sink?: Sink, size: number = SLICE): Outcome {
    if (this.isRunning) throw new InternalError('A statement was run in the middle of another one.', { sql: statement.sql });
    const wasOpen = this.isOpen;
    this.isRunning = true;
    try {
      return this.#runOnce(statement, sink, size);
    } catch (error) {
      if (wasOpen || this.isOpen || !isStale(error)) throw error;
      // What the statement looks at was changed where nobody could see it, in a function say.
      this.#era++;
      return this.#runOnce(statement, sink, size);
    } finally {
      this.#writer.clear();
      if (this.#owesSync && !this.isBroken) this.#synchronize();
      this.isRunning = false;
    }
  }

  /** Runs SQL without values and returns its rows. */
  query(sql: string): Rows {
    return this.run({ sql, mode: 'read' }).rows;
  }

  /** Ends the transaction that is open. */
  rollBack(): void {
    if (this.isOpen && !this.isBroken) this.query(ROLL_BACK);
  }

  /** Nothing runs any more. */
  close(error: WaxwingError): void {
    this.#wire.close(error);
  }

  #runOnce(statement: Statement, sink: Sink | undefined, size: number): Outcome {
    const prepared = this.#take(statement.sql);
    const answers = this.#begin();
    answers.description = prepared.description;
    if (prepared.description.names.length > 0) {
      answers.decoder = new RowDecoder(prepared.description, statement.expects, statement.packed === true && sink !== undefined);
    }
    if (statement.many !== undefined) this.#executeMany(prepared, statement);
    else this.#execute(prepared, statement.params ?? NO_VALUES, sink, size);
    return this.#conclude(prepared, sink);
  }

  #execute(prepared: Prepared, params: readonly DriverValue[], sink: Sink | undefined, size: number): void {
    this.#requireCount(prepared, params.length);
    const writer = this.#writer.bind(prepared.name, params, prepared.description.formats);
    const answers = this.#answers;
    if (sink === undefined || answers.decoder === null) {
      writer.execute();
      return this.#synchronize();
    }
    this.#exchange(writer.execute(size).flush().take());
    while (answers.isSuspended && answers.failure === null) {
      answers.isSuspended = false;
      try {
        sink(answers.decoder.take());
      } catch (error) {
        answers.failure = error;
        break;
      }
      this.#exchange(writer.execute(size).flush().take());
    }
    this.#synchronize();
  }

  /** Once per row, in one transaction where none is open. */
  #executeMany(prepared: Prepared, statement: Statement): void {
    const { data, length } = statement.many!;
    const writer = this.#writer;
    this.#requireCount(prepared, data.length);
    try {
      for (let row = 0; row < length && this.#answers.error === null; row++) {
        writer.bindRow(prepared.name, data, row, prepared.description.formats).execute();
        if (writer.length > BURST) this.#exchange(writer.take());
      }
    } catch (error) {
      // What was bound before must not be committed: an error of Postgres's own ends the transaction.
      this.#answers.failure = error;
      writer.clear();
      writer.bind('waxwing_none', NO_VALUES, NO_COLUMNS.formats);
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
    this.#note(answers.tag, prepared);
    this.trace = prepared.trace;
    const { names, types } = answers.description;
    let rows: Rows = answers.decoder?.take() ?? { names, types, length: 0, data: [] };
    if (sink !== undefined && answers.decoder !== null) {
      if (rows.length > 0) sink(rows);
      rows = { names, types, length: 0, data: names.map(() => []) };
    }
    return { rows, changes: answers.changes, lastInsertId: null };
  }

  /** Remembers what the statement did to the transaction and to what is prepared. */
  #note(tag: string, { sql, commits, movesPath }: Prepared): void {
    if (tag === 'ROLLBACK') {
      const { isOpen } = this;
      if (this.#changedInTransaction) this.#era++;
      this.#changedInTransaction &&= isOpen;
      const aborted = this.#aborted;
      if (!this.isAborted) this.#aborted = null;
      if (commits) throw rolledBack(aborted, sql);
    } else if (movesPath || CHANGES_SCHEMA.test(tag)) {
      this.#era++;
      this.#changedInTransaction = this.isOpen;
      if (tag === 'DISCARD ALL' || tag.startsWith('DEALLOCATE')) this.#prepared.clear();
    } else if (!this.isOpen) this.#changedInTransaction = false;
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
    const kept = this.#prepared.get(sql);
    if (kept !== undefined) this.#prepared.delete(sql);
    if (kept === undefined || kept.era !== this.#era) return this.#keep(this.#prepare(sql, kept));
    return this.#keep(kept);
  }

  #keep(prepared: Prepared): Prepared {
    if (prepared.name === '') return prepared;
    this.#prepared.set(prepared.sql, prepared);
    if (this.#prepared.size <= KEPT) return prepared;
    const [oldest] = this.#prepared.values();
    this.#prepared.delete(oldest!.sql);
    // It goes with the message that is sent next.
    this.#writer.close(oldest!.name);
    return prepared;
  }

  #prepare(sql: string, stale: Prepared | undefined): Prepared {
    const era = this.#era;
    const name = RUNS_AGAIN.test(sql) ? `waxwing_${this.#names++}` : '';
    const answers = this.#begin();
    if (stale !== undefined) this.#writer.close(stale.name);
    this.#exchange(this.#writer.parse(name, sql).describe(name).flush().take());
    if (answers.error !== null || answers.failure !== null) {
      this.#synchronize();
      this.#check(sql);
    }
    const { parameters, description } = answers;
    const movesPath = SETS_PATH.test(sql) && SETS_PATH_BY.test(sql);
    return { name, sql, parameters, description, era, movesPath, commits: COMMITS.test(sql), trace: traceOf(sql) };
  }

  #requireCount({ parameters, sql }: Prepared, count: number): void {
    if (count === parameters) return;
    throw new ProgrammingError(`The statement has ${parameters} placeholders and got ${count} values.`, { sql });
  }

  #begin(): Answers {
    this.#answers = new Answers();
    return this.#answers;
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

  /** Called while Postgres runs: nothing may be thrown through it. */
  #hear(type: number, bytes: Uint8Array, start: number, end: number): void {
    const answers = this.#answers;
    try {
      if (type === DATA_ROW) answers.decoder!.read(bytes, start);
      else this.#hearOther(answers, type, bytes, start, end);
    } catch (error) {
      answers.failure ??= error;
    }
  }

  #hearOther(answers: Answers, type: number, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case COMPLETE:
        [answers.tag = ''] = readStrings(bytes, start, end);
        answers.changes += changesOf(answers.tag);
        break;
      case READY:
        this.#status = bytes[start]!;
        break;
      case COLUMNS:
        answers.description = readDescription(bytes, start);
        break;
      case PARAMETERS:
        answers.parameters = (bytes[start]! << 8) | bytes[start + 1]!;
        break;
      case ERROR:
        answers.error ??= readError(bytes, start);
        break;
      case EMPTY:
        answers.isEmpty = true;
        break;
      case SUSPENDED:
        answers.isSuspended = true;
        break;
      case COPIES_OUT:
        answers.copiesOut = true;
        break;
      case NOTIFIED: {
        const [channel = '', payload = ''] = readStrings(bytes, start + 4, end);
        this.#onNotification({ channel, payload });
      }
    }
  }
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
