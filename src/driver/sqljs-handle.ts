/** One connection to the engine (`sqlite3*`) with its prepared statements. */
import { ConnectionClosedError, CorruptDatabaseError, ProgrammingError, type WaxwingError } from '../errors.ts';
import type { Expect, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Engine } from './sqljs-engine.ts';
import { engineError } from './sqljs-error.ts';
import {
  FAILS_IN_TRANSACTION,
  FLUSH_COMMITS,
  LAST_INSERT_ID,
  LEAVES_TRACES,
  READ_SCHEMA,
  TEMPORARY_IN_MEMORY,
  USE_LOG,
} from './sqljs-sql.ts';
import { Prepared, type Sink } from './sqljs-statement.ts';

/** Prepared statements kept by a connection. */
const KEPT = 200;
/** Rows in a slice of a result. */
const SLICE = 1000;
const EXACT: readonly Expect[] = ['integer'];

export class Handle {
  readonly #engine: Engine;
  readonly #pointer: number;
  readonly #prepared = new Map<string, Prepared>();
  readonly #busy = new Set<Prepared>();
  #closed = false;
  /** False when something ran that the next user of the connection could notice. */
  isLikeNew = true;
  /** True inside a transaction that was begun and not ended. */
  isOpen = false;

  /** @throws WaxwingError when the engine cannot open the file */
  constructor(engine: Engine, path: string) {
    const { c, heap, writer, out } = engine;
    this.#engine = engine;
    writer.text(`${path}\0`);
    const code = c._sqlite3_open(writer.pointer, out);
    this.#pointer = heap.int(out);
    if (code === 0) return;
    const error = engineError(engine, this.#pointer, code, '');
    this.close();
    throw error;
  }

  /** A connection to a database of ours: in write-ahead mode, with the settings of `setup`. */
  static open(engine: Engine, path: string, setup: readonly string[]): Handle {
    return Handle.prepare(new Handle(engine, path), setup);
  }

  /** Likewise for one of another class; closes it when that fails. */
  static prepare<H extends Handle>(handle: H, setup: readonly string[]): H {
    try {
      handle.query(TEMPORARY_IN_MEMORY);
      const [mode] = handle.query(USE_LOG).data[0]!;
      if (mode !== 'wal')
        throw new CorruptDatabaseError(`The database cannot be used in write-ahead mode: SQLite stays in mode "${mode}".`);
      handle.query(FLUSH_COMMITS);
      handle.query(READ_SCHEMA);
      for (const sql of setup) handle.query(sql);
      handle.isLikeNew = true;
      return handle;
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** True when nobody can tell the connection from a new one. */
  get isReusable(): boolean {
    return this.isLikeNew && this.#busy.size === 0 && !this.#closed && !this.isOpen;
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** The `sqlite3*`. */
  get pointer(): number {
    return this.#pointer;
  }

  /** Runs one statement to its end. */
  run(statement: Statement, sink?: Sink): Outcome {
    // SQLite passes over some failures, those of a checkpoint for one; they are not the next statement's.
    this.#engine.files.takeFailure();
    const prepared = this.#take(statement.sql);
    try {
      if (statement.many !== undefined) return this.#runMany(prepared, statement, sink);
      const rows = prepared.run(statement, sink, SLICE);
      if (prepared.movesTransaction) this.isOpen = this.#inTransaction();
      return { rows, changes: this.#changes(prepared, statement), lastInsertId: this.#lastInsertId(prepared, statement) };
    } catch (error) {
      // SQLite gives up the whole transaction after some errors: a full disk, `ON CONFLICT ROLLBACK`.
      if (this.isOpen) this.isOpen = this.#inTransaction();
      throw error;
    } finally {
      this.#give(prepared);
      this.#engine.writer.trim();
    }
  }

  /** Runs SQL without values and returns its rows. */
  query(sql: string): Rows {
    return this.run({ sql, mode: 'read' }).rows;
  }

  /** The rows of a statement as they are asked for; the statement is this iterator's alone. */
  *stream(statement: Statement, size: number): Generator<Rows, void> {
    const prepared = this.#prepare(statement.sql);
    this.#busy.add(prepared);
    try {
      prepared.bind(statement.params ?? []);
      for (const rows of prepared.slices(statement, size)) {
        yield rows;
        if (this.#closed)
          throw new ConnectionClosedError('The connection was closed while its rows were being read.', { sql: statement.sql });
      }
    } finally {
      if (this.#busy.delete(prepared)) prepared.finalize();
    }
  }

  /** Rolls back what is open. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const prepared of [...this.#prepared.values(), ...this.#busy]) prepared.finalize();
    this.#prepared.clear();
    this.#busy.clear();
    this.#engine.c._sqlite3_close_v2(this.#pointer);
  }

  /** Asks SQLite whether a transaction is open. */
  #inTransaction(): boolean {
    const { c, heap, writer, out } = this.#engine;
    const length = writer.text(FAILS_IN_TRANSACTION);
    // Preparing it is what fails; there is nothing to keep.
    if (c._sqlite3_prepare_v2(this.#pointer, writer.pointer, length, out, 0) !== 0) return true;
    const code = c._sqlite3_step(heap.int(out));
    c._sqlite3_finalize(heap.int(out));
    return code === 1;
  }

  #runMany(prepared: Prepared, statement: Statement, sink: Sink | undefined): Outcome {
    const { rows, changes } = prepared.runMany(statement.many!, statement.expects);
    const lastInsertId = this.#lastInsertId(prepared, statement);
    if (sink === undefined || rows.length === 0) return { rows, changes, lastInsertId };
    sink(rows);
    return { rows: { ...rows, length: 0, data: rows.names.map(() => []) }, changes, lastInsertId };
  }

  #changes(prepared: Prepared, statement: Statement): number {
    return prepared.counts && statement.mode === 'write' ? this.#engine.c._sqlite3_changes(this.#pointer) : 0;
  }

  #lastInsertId(prepared: Prepared, statement: Statement): number | bigint | null {
    if (!prepared.inserts || statement.mode !== 'write' || prepared.names.length > 0) return null;
    const ids = this.run({ sql: LAST_INSERT_ID, mode: 'read', expects: EXACT }).rows.data[0]!;
    return ids[0] as number | bigint;
  }

  /** A prepared statement for one run, from those kept if possible. */
  #take(sql: string): Prepared {
    const kept = this.#prepared.get(sql);
    if (kept === undefined) return this.#prepare(sql);
    this.#prepared.delete(sql);
    return kept;
  }

  /** Keeps a statement for the next run; the one unused longest goes. */
  #give(prepared: Prepared): void {
    if (this.#closed) return prepared.finalize();
    const other = this.#prepared.get(prepared.sql);
    if (other !== undefined) return prepared.finalize();
    this.#prepared.set(prepared.sql, prepared);
    if (this.#prepared.size <= KEPT) return;
    const [oldest] = this.#prepared.values();
    this.#prepared.delete(oldest!.sql);
    oldest!.finalize();
  }

  #prepare(sql: string): Prepared {
    const { c, heap, writer, out } = this.#engine;
    const length = writer.text(sql);
    const start = writer.pointer;
    const code = c._sqlite3_prepare_v2(this.#pointer, start, length, out, out + 4);
    if (code !== 0) throw this.#error(code, sql);
    const pointer = heap.int(out);
    if (pointer === 0) throw new ProgrammingError('There is no statement in this SQL.', { sql });
    if (heap.int(out + 4) < start + length) this.#refuseMore(heap.int(out + 4), start + length, pointer, sql);
    if (LEAVES_TRACES.test(sql)) this.isLikeNew = false;
    return new Prepared(this.#engine, this.#pointer, pointer, sql);
  }

  /** What follows a statement may be blanks and comments; a second statement would silently not run. */
  #refuseMore(tail: number, end: number, statement: number, sql: string): void {
    const { c, heap, out } = this.#engine;
    for (let at = tail; at < end; ) {
      const code = c._sqlite3_prepare_v2(this.#pointer, at, end - at, out, out + 4);
      const second = heap.int(out);
      const next = heap.int(out + 4);
      if (code === 0 && second === 0 && next > at) {
        at = next;
        continue;
      }
      if (second !== 0) c._sqlite3_finalize(second);
      c._sqlite3_finalize(statement);
      throw new ProgrammingError('Only one statement can be run at a time, and there is more behind the first.', { sql });
    }
  }

  #error(code: number, sql: string): WaxwingError {
    return engineError(this.#engine, this.#pointer, code, sql);
  }
}
