/** What repeats in statements and results is sent once: an app runs few different statements, each many times. */

import { unpackTexts } from '../util/packed-texts.ts';
import type {
  Batch,
  Bracket,
  ColumnData,
  Columns,
  DriverValue,
  Expect,
  Mode,
  Outcome,
  Rows,
  Statement,
} from '../wire/statement.ts';
import { packColumns } from './columns.ts';

/** Statements both sides remember; the oldest gives way. */
const SLOTS = 512;
/** A longer text is one that was put together, not written: it will not come again. */
const LONG = 4096;

/** A statement without its values. Both sides have one for the same statement, and say by it what the other knows. */
export interface Shape {
  readonly sql: string;
  readonly mode: Mode;
  readonly expects: readonly Expect[] | undefined;
  /** The result's columns as they were last told. */
  head: Head;
}

/** Names and types of the columns of a result. */
type Head = Pick<Rows, 'names' | 'types'>;

const NO_HEAD: Head = { names: [] };

/** Says which statement is meant by a number from now on. */
export type Define = readonly [kind: 'define', slot: number, sql: string, mode: Mode, expects: readonly Expect[] | undefined];
/** A statement: by its number, or whole. */
export type WireStatement = readonly [slot: number, params: Params, many?: Columns] | Statement;
export type Params = readonly DriverValue[] | undefined;
export type WireBatch = readonly [statements: readonly WireStatement[], bracket?: readonly WireStatement[]];
/** Names and types are left out when they are those of last time; the columns of a single row are its values; buffers are packed texts. */
export type WireRows = readonly [head: Head | null, length: number, data: readonly (ColumnData | DriverValue | ArrayBuffer)[]];
export type WireOutcome = readonly [...rows: WireRows, changes: number, lastInsertId: number | bigint | null];

/** The side that sends statements. */
export class ShapeWriter {
  readonly #define: (define: Define) => void;
  readonly #slots = new Map<string, { readonly slot: number; readonly shape: Shape }>();
  readonly #texts: string[] = [];
  #next = 0;

  /** `define` sends a definition, before whatever uses it. */
  constructor(define: (define: Define) => void) {
    this.#define = define;
  }

  /** A batch as it is sent; the shapes by which its answer is read are added to `shapes`, buffers handed over to `transfer`. */
  batch({ statements, bracket }: Batch, shapes: Shape[], transfer: Transferable[]): WireBatch {
    const wire = statements.map((statement) => this.statement(statement, shapes, transfer));
    if (bracket === undefined) return [wire];
    const around = [bracket.begin, bracket.commit, bracket.rollback];
    return [wire, around.map((statement) => this.statement(statement, [], transfer))];
  }

  /** One statement, likewise. */
  statement(statement: Statement, shapes: Shape[], transfer: Transferable[]): WireStatement {
    const { sql, mode, expects, params } = statement;
    const many = statement.many && packColumns(statement.many, transfer);
    if (sql.length > LONG) {
      shapes.push({ sql, mode, expects, head: NO_HEAD });
      return many === undefined ? statement : { ...statement, many };
    }
    let known = this.#slots.get(sql);
    if (known === undefined || known.shape.mode !== mode || !same(known.shape.expects, expects))
      known = this.#learn(sql, mode, expects);
    shapes.push(known.shape);
    return many === undefined ? [known.slot, params] : [known.slot, params, many];
  }

  #learn(sql: string, mode: Mode, expects: readonly Expect[] | undefined): { readonly slot: number; readonly shape: Shape } {
    const slot = this.#slots.get(sql)?.slot ?? this.#next++ % SLOTS;
    const old = this.#texts[slot];
    if (old !== undefined) this.#slots.delete(old);
    this.#texts[slot] = sql;
    const known = { slot, shape: { sql, mode, expects, head: NO_HEAD } };
    this.#slots.set(sql, known);
    this.#define(['define', slot, sql, mode, expects]);
    return known;
  }
}

/** The side that runs them. */
export class ShapeReader {
  readonly #shapes: Shape[] = [];

  define([, slot, sql, mode, expects]: Define): void {
    this.#shapes[slot] = { sql, mode, expects, head: NO_HEAD };
  }

  /** With `packed`, slices of rows shall hold texts packed. */
  batch([wire, around]: WireBatch, packed: boolean): { readonly batch: Batch; readonly shapes: readonly Shape[] } {
    const shapes: Shape[] = [];
    const statements = wire.map((statement) => this.statement(statement, shapes, packed));
    if (around === undefined) return { batch: { statements }, shapes };
    const [begin, commit, rollback] = around.map((statement) => this.statement(statement, [], false));
    return { batch: { statements, bracket: { begin, commit, rollback } as Bracket }, shapes };
  }

  statement(wire: WireStatement, shapes: Shape[], packed: boolean): Statement {
    if (!Array.isArray(wire)) {
      const whole = wire as Statement;
      shapes.push({ sql: whole.sql, mode: whole.mode, expects: whole.expects, head: NO_HEAD });
      return packed ? { ...whole, packed } : whole;
    }
    const [slot, params, many] = wire as Exclude<WireStatement, Statement>;
    const shape = this.#shapes[slot] as Shape;
    shapes.push(shape);
    return { sql: shape.sql, mode: shape.mode, expects: shape.expects, params, many, packed } as Statement;
  }
}

/** Rows as they are sent; the shape remembers the names the other side now knows. */
export function packRows({ names, types, length, data }: Rows, shape: Shape): WireRows {
  const known = same(names, shape.head.names) && same(types, shape.head.types);
  const head = known ? shape.head : { names, types };
  shape.head = head;
  return [known ? null : head, length, length === 1 ? data.map((column) => column[0] as DriverValue) : data];
}

/** The rows again. */
export function unpackRows([head, length, data]: WireRows, shape: Shape): Rows {
  if (head !== null) shape.head = head;
  return {
    ...shape.head,
    length,
    data: length === 1 ? data.map((value) => [value as DriverValue]) : data.map((column) => unpackColumn(column, length)),
  };
}

function unpackColumn(column: WireRows[2][number], length: number): ColumnData {
  return column instanceof ArrayBuffer ? unpackTexts(column, length) : (column as ColumnData);
}

/** Likewise, with what else a statement did. */
export function packOutcome({ rows, changes, lastInsertId }: Outcome, shape: Shape): WireOutcome {
  return [...packRows(rows, shape), changes, lastInsertId];
}

/** The outcome again. */
export function unpackOutcome([head, length, data, changes, lastInsertId]: WireOutcome, shape: Shape): Outcome {
  return { rows: unpackRows([head, length, data], shape), changes, lastInsertId };
}

function same(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.length === b.length && a.every((value, index) => value === b[index]);
}
