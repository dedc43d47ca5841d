/** Reads the tokens of a schema's text one after another, and says what is in the way. */
import { NotSupportedError } from '../../../errors.ts';
import { type SchemaToken, schemaTokens } from './schema-token.ts';

/** Words that are never names, in 3.7.6 as today. */
const RESERVED = new Set(
  (
    'add all alter and as autoincrement between case check collate commit constraint create default deferrable delete ' +
    'distinct drop else escape except exists foreign from group having in index insert intersect into is isnull join limit ' +
    'not notnull null on or order primary references select set table then to transaction union unique update using values ' +
    'when where'
  ).split(' '),
);

/** Words that join tables: names after a point or a comma, but never alone behind an expression or a table. */
const JOINING = new Set(['cross', 'full', 'inner', 'left', 'natural', 'outer', 'right', 'indexed']);

/** What a word means to somebody who wrote it where 3.7.6 knows nothing of the kind. */
const NEWER: Readonly<Record<string, string>> = {
  with: 'uses WITH',
  recursive: 'uses WITH',
  values: 'uses VALUES as a query',
  over: 'uses a window function (OVER)',
  window: 'uses a window function (WINDOW)',
  filter: 'uses an aggregate with FILTER',
  within: 'uses an aggregate with WITHIN GROUP',
  nulls: 'uses NULLS FIRST or NULLS LAST',
  distinct: 'uses IS DISTINCT FROM',
  returning: 'uses RETURNING',
  materialized: 'uses WITH',
};

/**
 * Symbols on the stack of 3.7.6's parser, which ends with "parser stack overflow" beyond. The rules count along: a rule says how
 * many symbols stand before what is nested in it, and how many it has at its longest.
 */
const MOST_SYMBOLS = 99;

/** The columns of what stands in a FROM, a table or something in parentheses; null when nobody knows. */
export type ColumnsOf = (source: string) => readonly string[] | null;

/** A name in lower case, and its place in the text. */
export interface NamePlace {
  readonly name: string;
  readonly at: number;
}

/** A column named without a table. */
export interface ColumnPlace extends NamePlace {
  readonly quoted: boolean;
  /** The queries that were read so far and are around it. */
  readonly queries: { mayHave(column: string): boolean }[];
}

/** A place in the text of one object. */
export class SchemaCursor {
  /** Names the text gives to columns and results, in lower case. */
  readonly given: Set<string> = new Set();
  /** Whether TRUE or FALSE stand where 3.7.6 looks for a column of that name. */
  readonly truths: Set<string> = new Set();
  /** Tables named before a point. */
  readonly qualifiers: NamePlace[] = [];
  /** Columns named without a table. In quotes they may be texts. */
  readonly columns: ColumnPlace[] = [];
  /** Where the last IN () ended. */
  nowhere = -1;
  readonly #tokens: readonly SchemaToken[];
  #at = 0;
  #symbols = 0;

  readonly columnsOf: ColumnsOf;
  readonly #query: (c: SchemaCursor) => number;

  /** `query` reads a query and answers how many columns it has: expressions contain queries, which are made of expressions. */
  constructor(text: string, query: (c: SchemaCursor) => number, columnsOf: ColumnsOf = () => null) {
    this.#tokens = schemaTokens(text);
    this.#query = query;
    this.columnsOf = columnsOf;
  }

  /** Passes a query and answers how many columns it has, counting a star as one. */
  query(): number {
    return this.#query(this);
  }

  /** The place in the text, in tokens. */
  get at(): number {
    return this.#at;
  }

  /** What was read since `from`, as text that means the same. */
  textFrom(from: number): string {
    return this.#tokens.slice(from, this.#at).map(spelled).join(' ');
  }

  /** The next token, or one after it. */
  peek(ahead = 0): SchemaToken {
    const end = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#at + ahead, end)] ?? { kind: 'end', text: '' };
  }

  /** Whether the next tokens are these bare words or signs. */
  sees(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => isText(this.peek(ahead), text));
  }

  /** Passes these words or signs if they come next. */
  accept(...texts: readonly string[]): boolean {
    const seen = this.sees(...texts);
    if (seen) this.#at += texts.length;
    return seen;
  }

  /** Passes one of these words or signs, and says which. */
  acceptOne(texts: readonly string[]): string | undefined {
    return texts.find((text) => this.accept(text));
  }

  /** Passes these words or signs, which must come next. */
  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.accept(text)) this.unexpected();
  }

  /** Passes one token of any kind. */
  take(): SchemaToken {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** The name of a thing: a word that is not reserved, or quoted in any way. */
  name(): string {
    const { kind, text } = this.peek();
    if (kind !== 'name' && kind !== 'string' && (kind !== 'word' || RESERVED.has(text))) this.unexpected();
    return this.take().text;
  }

  /** Whether a name comes next that may stand without a word before it: an alias, a piece of a type, a function. */
  seesBareName(): boolean {
    const { kind, text } = this.peek();
    return kind === 'name' || kind === 'string' || (kind === 'word' && !RESERVED.has(text) && !JOINING.has(text));
  }

  /** Names in parentheses. */
  names(): string[] {
    this.expect('(');
    const names: string[] = [];
    do names.push(this.name());
    while (this.accept(','));
    this.expect(')');
    return names;
  }

  /** Reads what is nested behind `before` symbols of a rule. */
  nested<T>(before: number, read: () => T): T {
    this.#symbols += before;
    const result = read();
    this.#symbols -= before;
    return result;
  }

  /** Makes sure that a rule of so many symbols fits here. */
  room(symbols: number): void {
    if (this.#symbols + symbols > MOST_SYMBOLS) this.refuse('is nested too deeply');
  }

  /** Makes sure that the text ends here. */
  end(): void {
    this.accept(';');
    if (this.peek().kind !== 'end') this.unexpected();
  }

  /** Ends the reading: the object has something that 3.7.6 does not know. `what` goes on after its name: `uses WITH`. */
  refuse(what: string): never {
    throw new NotSupportedError(what);
  }

  /** Ends the reading at a token that no rule expects here. */
  unexpected(): never {
    const token = this.peek();
    const before = this.#at > 0 ? this.peek(-1) : token;
    if (token.kind === 'unknown') this.refuse(newerToken(token.text));
    for (const { kind, text } of [token, before]) if (kind === 'word' && NEWER[text] !== undefined) this.refuse(NEWER[text]);
    if (token.kind === 'end') this.refuse('ends too early');
    this.refuse(`has ${JSON.stringify(token.text)} in a place where it is not expected`);
  }
}

function isText({ kind, text }: SchemaToken, wanted: string): boolean {
  return (kind === 'word' || kind === 'sign') && text === wanted;
}

function spelled({ kind, text }: SchemaToken): string {
  if (kind === 'name') return `"${text.replaceAll('"', '""')}"`;
  return kind === 'string' ? `'${text.replaceAll("'", "''")}'` : text;
}

function newerToken(text: string): string {
  if (text.startsWith('->')) return `uses the operator ${text}`;
  if (/^0x/i.test(text)) return `has the number ${text} (write it as a decimal)`;
  if (/^[\d.]/.test(text)) return `has the number ${text}`;
  return `has ${JSON.stringify(text)}`;
}
