/** Writes messages to Postgres, one behind the other, into one buffer that grows. */
import { DataError, ProgrammingError } from '../../errors.ts';
import type { DriverValue } from '../../wire/statement.ts';
import { encodeParam, unbindable } from './values.ts';

const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Up to this many letters text is written letter by letter; beyond, the platform's encoder is faster. */
const SHORT = 64;
const SCRATCH = 1 << 16;
/** What Postgres takes in one message, with room for what else is in it. */
const LARGEST = (1 << 30) - (1 << 20);
/** The most parameters of one statement: their count is 16 bits wide. */
const MOST_PARAMS = 65_535;

/** Results all as text. */
export const ALL_TEXT: Uint8Array = Uint8Array.of(0, 0);

/** Message types are letters, as the manual's section "Message Formats" gives them. */
const letter = (text: string): number => text.charCodeAt(0);
const PARSE = letter('P');
const BIND = letter('B');
const DESCRIBE = letter('D');
const EXECUTE = letter('E');
const CLOSE = letter('C');
const SYNC = letter('S');
const FLUSH = letter('H');
const COPY_FAIL = letter('f');
const STATEMENT = letter('S');
const PORTAL = letter('P');

export class MessageWriter {
  #bytes = new Uint8Array(SCRATCH);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #start = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#at;
  }

  /** What was written since the last `take`; it stays there until the next message is begun. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#at);
    this.clear();
    return bytes;
  }

  /** Forgets what was not taken, and gives back the room that a long value took. */
  clear(): void {
    this.#at = 0;
    if (this.#bytes.length > 16 * SCRATCH) this.#replace(SCRATCH);
  }

  /** Prepares `sql` under `name`; the types of its parameters are for Postgres to find out. */
  parse(name: string, sql: string): this {
    if (sql.includes('\0')) throw new ProgrammingError('SQL cannot hold the character 0.', { sql });
    this.#begin(PARSE);
    this.#string(name);
    this.#string(sql);
    this.#int16(0);
    return this.#end();
  }

  /** Binds values to the statement `name` as the portal without a name; `formats` are those of the result's columns. */
  bind(name: string, params: readonly DriverValue[], formats: Uint8Array): this {
    this.#beginBind(name, params.length);
    for (let i = 0; i < params.length; i++) this.#format(params[i]!);
    this.#int16(params.length);
    for (let i = 0; i < params.length; i++) this.#param(params[i]!);
    return this.#endBind(formats);
  }

  /** The same with row `row` of columns. */
  bindRow(name: string, columns: readonly ArrayLike<DriverValue>[], row: number, formats: Uint8Array): this {
    this.#beginBind(name, columns.length);
    for (let i = 0; i < columns.length; i++) this.#format(columns[i]![row]!);
    this.#int16(columns.length);
    for (let i = 0; i < columns.length; i++) this.#param(columns[i]![row]!);
    return this.#endBind(formats);
  }

  /** Asks for the parameters and columns of a statement. */
  describe(name: string): this {
    return this.#describe(STATEMENT, name);
  }

  /** Asks for the columns of a cursor. */
  describeCursor(name: string): this {
    return this.#describe(PORTAL, name);
  }

  #describe(kind: number, name: string): this {
    this.#begin(DESCRIBE);
    this.#byte(kind);
    this.#string(name);
    return this.#end();
  }

  /** Runs what was bound, or a cursor, to its end or until it gave `most` rows. */
  execute(most = 0, cursor = ''): this {
    this.#begin(EXECUTE);
    this.#string(cursor);
    this.#int32(most);
    return this.#end();
  }

  /** Drops a prepared statement; no error when there is none. */
  close(name: string): this {
    this.#begin(CLOSE);
    this.#byte(STATEMENT);
    this.#string(name);
    return this.#end();
  }

  sync(): this {
    this.#begin(SYNC);
    return this.#end();
  }

  /** Has what was answered so far sent, without an end of the transaction. */
  flush(): this {
    this.#begin(FLUSH);
    return this.#end();
  }

  /** Tells a COPY … FROM STDIN that nothing comes. */
  copyFail(reason: string): this {
    this.#begin(COPY_FAIL);
    this.#string(reason);
    return this.#end();
  }

  #beginBind(name: string, count: number): void {
    if (count > MOST_PARAMS) throw new ProgrammingError(`A statement takes ${MOST_PARAMS} values at most and got ${count}.`);
    this.#begin(BIND);
    this.#string('');
    this.#string(name);
    this.#int16(count);
  }

  #endBind(formats: Uint8Array): this {
    this.#raw(formats);
    return this.#end();
  }

  /** Bytes go as they are, all else as text. */
  #format(value: DriverValue): void {
    this.#int16(value instanceof Uint8Array ? 1 : 0);
  }

  #param(value: DriverValue): void {
    if (value === null) return this.#int32(-1);
    switch (typeof value) {
      case 'string':
        return this.#sized(value);
      case 'number':
        if ((value | 0) === value && value > 0 && value < 10) {
          this.#int32(1);
          return this.#byte(48 + value);
        }
        return this.#sized(encodeParam(value)!);
      case 'boolean':
      case 'bigint':
        return this.#sized(encodeParam(value)!);
      default:
        if (!(value instanceof Uint8Array)) throw unbindable(value);
        this.#int32(value.length);
        return this.#raw(value);
    }
  }

  /** Text with its length before it. */
  #sized(text: string): void {
    this.#int32(0);
    const start = this.#at;
    this.#text(text);
    this.#view.setInt32(start - 4, this.#at - start);
  }

  /** Text with a zero behind it. */
  #string(text: string): void {
    this.#text(text);
    this.#byte(0);
  }

  #text(text: string): void {
    const { length } = text;
    this.#reserve(length <= SHORT ? length * 3 : length + 1);
    const bytes = this.#bytes;
    let at = this.#at;
    if (length <= SHORT) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[at++] = code;
      }
      if (i === length) {
        this.#at = at;
        return;
      }
    }
    this.#encode(text);
  }

  /** Text that is long or not ASCII: first into the room that ASCII would take, then, where that was too little, the rest. */
  #encode(text: string): void {
    const start = this.#at;
    let rest = text;
    for (;;) {
      const { read, written } = encoder.encodeInto(rest, this.#bytes.subarray(this.#at));
      this.#at += written;
      if (read === rest.length) break;
      rest = rest.slice(read);
      this.#reserve(rest.length * 3);
    }
    if (this.#at - start !== text.length && LONE_SURROGATE.test(text)) {
      throw new DataError('Text with half a surrogate pair is not Unicode and cannot be stored.');
    }
  }

  #begin(type: number): void {
    this.#byte(type);
    this.#start = this.#at;
    this.#int32(0);
  }

  #end(): this {
    this.#view.setInt32(this.#start, this.#at - this.#start);
    return this;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#bytes[this.#at++] = value >> 8;
    this.#bytes[this.#at++] = value;
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    if (needed > LARGEST) throw new DataError(`Values of together ${needed} bytes are more than Postgres takes at once: 1 GB.`);
    const old = this.#bytes;
    this.#replace(Math.min(LARGEST, Math.max(needed, 2 * old.length)));
    this.#bytes.set(old.subarray(0, this.#at));
  }

  #replace(size: number): void {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }
}
