/** A script as psql reads it, cut into statements and rows, however it comes in pieces. */
import { NotSupportedError } from '../../../errors.ts';
import { readCopyLine } from './copy-text.ts';

/** One step of a script. */
export type ScriptStep =
  | { readonly kind: 'statement'; readonly sql: string }
  /** Rows that follow `COPY … FROM stdin`, some at a time; `table` and `columns` are SQL. */
  | { readonly kind: 'rows'; readonly table: string; readonly columns: string; readonly rows: readonly (string | null)[][] };

const COPY = /^COPY\s+((?:"(?:[^"]|"")*"|[^\s("])+)\s*(?:\(([\s\S]*)\))?\s+FROM\s+stdin\s*(.*)$/i;
/** Rows handed over together. */
const SOME = 1000;
const SPACE = /\s*/y;

/** @throws NotSupportedError for commands of psql that are more than notes, and other forms of COPY than plain text */
export async function* scriptSteps(pieces: AsyncIterable<string>): AsyncGenerator<ScriptStep, void> {
  const source = new Source(pieces);
  while (await source.skipSpace()) {
    if (source.starts('\\')) {
      const line = await source.line();
      if (!/^\\(un)?restrict\b/.test(line))
        throw new NotSupportedError(`The script has a command for psql, ${line.slice(0, 100)}`);
      continue;
    }
    const sql = await source.statement();
    if (sql === '') continue;
    const copy = COPY.exec(sql);
    if (copy === null) {
      yield { kind: 'statement', sql };
      continue;
    }
    const [, table = '', columns = '', options = ''] = copy;
    if (options !== '') throw new NotSupportedError(`The script has rows in another form than plain text: ${sql.slice(0, 200)}`);
    for await (const rows of source.rows()) yield { kind: 'rows', table, columns, rows };
  }
}

/** The text read so far and not used yet. */
class Source {
  readonly #pieces: AsyncIterator<string>;
  #text = '';
  #at = 0;

  constructor(pieces: AsyncIterable<string>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  starts(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** To the next statement, past notes; false at the end. */
  async skipSpace(): Promise<boolean> {
    for (;;) {
      SPACE.lastIndex = this.#at;
      SPACE.test(this.#text);
      this.#at = SPACE.lastIndex;
      // A note may begin with the next piece.
      if (this.#text.length - this.#at < 2 && (await this.#more())) continue;
      if (this.starts('--')) await this.line();
      else if (this.starts('/*')) await this.#note();
      else return this.#at < this.#text.length;
    }
  }

  /** A line without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#at);
      if (end >= 0) return this.#take(end, end + 1).replace(/\r$/, '');
      if (!(await this.#more())) return this.#take(this.#text.length, this.#text.length);
    }
  }

  /** A statement without its semicolon. */
  async statement(): Promise<string> {
    for (;;) {
      const end = statementEnd(this.#text, this.#at);
      if (end >= 0) return this.#take(end, end + 1).trim();
      if (!(await this.#more())) return this.#take(this.#text.length, this.#text.length).trim();
    }
  }

  /** The rows up to the line `\.`. */
  async *rows(): AsyncGenerator<(string | null)[][], void> {
    await this.line();
    let rows: (string | null)[][] = [];
    for (let line = await this.line(); line !== '\\.'; line = await this.line()) {
      if (this.#at >= this.#text.length && line === '' && !(await this.#more())) break;
      if (rows.push(readCopyLine(line)) < SOME) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  async #note(): Promise<void> {
    for (;;) {
      const end = noteEnd(this.#text, this.#at + 2);
      if (end >= 0) return void this.#take(end, end);
      if (!(await this.#more())) return void this.#take(this.#text.length, this.#text.length);
    }
  }

  #take(end: number, next: number): string {
    const taken = this.#text.slice(this.#at, end);
    this.#at = next;
    return taken;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#pieces.next();
    if (done) return false;
    this.#text = this.#text.slice(this.#at) + value;
    this.#at = 0;
    return true;
  }
}

/** Notes, strings, names, words, parentheses: what can hide a semicolon, and what can hold a body of statements. */
const TOKEN =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|['"();]/g;

/** Where the statement that begins at `from` has its semicolon; -1 when it goes on beyond the text. */
function statementEnd(text: string, from: number): number {
  TOKEN.lastIndex = from;
  let parentheses = 0;
  let blocks = 0;
  let isRoutine = false;
  for (let found = TOKEN.exec(text), words = 0; found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    const first = token[0] as string;
    if (token === ';') {
      if (parentheses === 0 && blocks === 0) return found.index;
    } else if (token === '(') parentheses++;
    else if (token === ')') parentheses--;
    // A quote that was not matched as a whole goes on beyond the text.
    else if (token === "'" || token === '"') return -1;
    else if (token === '/*') {
      const end = noteEnd(text, TOKEN.lastIndex);
      if (end < 0) return -1;
      TOKEN.lastIndex = end;
    } else if (first === '$') {
      const end = text.indexOf(token, TOKEN.lastIndex);
      if (end < 0) return -1;
      TOKEN.lastIndex = end + token.length;
    } else if (/^[A-Za-z_]/.test(first) && !token.endsWith("'")) {
      const word = token.toUpperCase();
      words++;
      isRoutine ||= words <= 4 && (word === 'FUNCTION' || word === 'PROCEDURE');
      if (isRoutine && (word === 'BEGIN' || (word === 'CASE' && blocks > 0))) blocks++;
      else if (word === 'END' && blocks > 0) blocks--;
    }
  }
  return -1;
}

/** Where a note ends whose beginning stands before `from`; -1 beyond the text. Notes can stand in one another. */
function noteEnd(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const found = edge.exec(text);
    if (found === null) return -1;
    depth += found[0] === '/*' ? 1 : -1;
  }
  return edge.lastIndex;
}
