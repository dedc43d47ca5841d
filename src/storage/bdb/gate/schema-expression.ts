/** Expressions as SQLite 3.7.6 knows them. */

import type { SchemaCursor } from './schema-cursor.ts';
import { callFault } from './schema-functions.ts';

const AND = 2;
const NOT = 3;
const EQUALITY = 4;
const ESCAPE = 6;
const COLLATE = 11;
const SIGN = 12;

/** How strongly operators bind; 3.7.6 counts its stack by it. Comparisons of equality and words like IN bind alike. */
const BINARY: Readonly<Record<string, number>> = {
  or: 1,
  and: AND,
  '=': 4,
  '==': 4,
  '<>': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '&': 7,
  '|': 7,
  '<<': 7,
  '>>': 7,
  '+': 8,
  '-': 8,
  '*': 9,
  '/': 9,
  '%': 9,
  '||': 10,
};
const COLLATIONS = new Set(['binary', 'nocase', 'rtrim']);
const MOMENTS = ['current_date', 'current_time', 'current_timestamp'];
/** Tables that today's SQLite has without anybody having made them. */
const BUILT_IN = /^(?:sqlite_(?:temp_)?schema|pragma_.*|jsonb?_(?:each|tree))$/i;

/** A collation, after COLLATE. */
export function collation(c: SchemaCursor): void {
  const name = c.name();
  if (!COLLATIONS.has(name.toLowerCase())) c.refuse(`uses the collation ${name}`);
}

/** A table, perhaps with the name of a schema before it. */
export function tableName(c: SchemaCursor): string {
  let name = c.name();
  if (c.accept('.')) name = c.name();
  if (BUILT_IN.test(name)) c.refuse(`uses the table ${name}${/schema$/i.test(name) ? ' (write sqlite_master)' : ''}`);
  return name;
}

/** An expression, as far as its operators bind more strongly than `least`. */
export function expression(c: SchemaCursor, least = 0): void {
  operand(c);
  for (;;) {
    if (c.sees('collate')) {
      if (COLLATE <= least) return;
      c.accept('collate');
      collation(c);
    } else if (!(least < EQUALITY && wordOperator(c)) && !binary(c, least)) return;
  }
}

function binary(c: SchemaCursor, least: number): boolean {
  const { kind, text } = c.peek();
  const binds = kind === 'sign' || kind === 'word' ? BINARY[text] : undefined;
  if (binds === undefined || binds <= least) return false;
  c.take();
  c.nested(2, () => expression(c, binds));
  return true;
}

/** What stands behind a value and is said in words: IS, IN, LIKE, BETWEEN, NOT NULL. */
function wordOperator(c: SchemaCursor): boolean {
  if (c.accept('isnull') || c.accept('notnull') || c.accept('not', 'null')) return true;
  if (c.accept('is')) {
    const symbols = c.accept('not') ? 3 : 2;
    if (c.sees('distinct')) c.unexpected();
    c.nested(symbols, () => expression(c, EQUALITY));
    return true;
  }
  const ahead = c.sees('not') ? 1 : 0;
  const { kind, text } = c.peek(ahead);
  const rule = kind === 'word' ? WORDS[text] : undefined;
  if (rule === undefined) return false;
  for (let passed = 0; passed <= ahead; passed++) c.take();
  rule(c);
  return true;
}

const WORDS: Readonly<Record<string, (c: SchemaCursor) => void>> = {
  between(c) {
    c.nested(2, () => expression(c, AND));
    c.expect('and');
    c.nested(4, () => expression(c, EQUALITY));
  },
  in: inside,
  like: similar,
  glob: similar,
  regexp: (c) => c.refuse('uses REGEXP'),
  match: (c) => c.refuse('uses MATCH'),
};

function similar(c: SchemaCursor): void {
  c.nested(2, () => expression(c, EQUALITY));
  if (c.accept('escape')) c.nested(4, () => expression(c, ESCAPE));
}

function inside(c: SchemaCursor): void {
  if (!c.accept('(')) {
    tableName(c);
    if (c.sees('(')) c.refuse('uses a table-valued function');
    return;
  }
  c.room(5);
  if (c.accept(')')) {
    c.nowhere = c.at;
    return;
  }
  if (startsQuery(c)) c.nested(3, () => c.query());
  else list(c, 3);
  c.expect(')');
}

/** Expressions with commas, of which the first has `before` symbols before it in its rule. Answers how many there are. */
export function list(c: SchemaCursor, before: number): number {
  c.nested(before, () => expression(c));
  let count = 1;
  for (; c.accept(','); count++) c.nested(before + 2, () => expression(c));
  return count;
}

function operand(c: SchemaCursor): void {
  c.room(1);
  if (c.accept('not')) return c.nested(1, () => expression(c, NOT));
  if (c.acceptOne(['-', '+', '~']) !== undefined) return c.nested(1, () => expression(c, SIGN));
  if (c.accept('(')) return parenthesis(c);
  const { kind, text } = c.peek();
  if (kind === 'number' || kind === 'blob') c.take();
  else if (kind !== 'word') reference(c);
  else if (text === 'null' || MOMENTS.includes(text)) c.take();
  else if (OPERANDS[text] !== undefined) OPERANDS[text](c);
  else reference(c);
}

function parenthesis(c: SchemaCursor): void {
  c.room(3);
  if (startsQuery(c)) c.nested(1, () => value(c));
  else c.nested(1, () => expression(c));
  if (c.sees(',')) c.refuse('uses a row value');
  c.expect(')');
}

/** A query that stands for a value. */
function value(c: SchemaCursor): void {
  if (c.query() > 1) c.refuse('uses a row value');
}

const OPERANDS: Readonly<Record<string, (c: SchemaCursor) => void>> = {
  case(c) {
    c.expect('case');
    c.room(5);
    if (!c.sees('when')) c.nested(1, () => expression(c));
    for (let before = 3; before === 3 || c.sees('when'); before = 4) {
      c.expect('when');
      c.nested(before, () => expression(c));
      c.expect('then');
      c.nested(before + 2, () => expression(c));
    }
    if (c.accept('else')) c.nested(4, () => expression(c));
    c.expect('end');
  },
  cast(c) {
    c.expect('cast', '(');
    c.room(6);
    c.nested(2, () => expression(c));
    c.expect('as');
    if (typeName(c) === undefined) c.unexpected();
    c.expect(')');
  },
  exists(c) {
    c.expect('exists', '(');
    c.nested(2, () => c.query());
    c.expect(')');
  },
  raise(c) {
    c.expect('raise', '(');
    if (!c.accept('ignore')) {
      if (c.acceptOne(['rollback', 'abort', 'fail']) === undefined) c.unexpected();
      c.expect(',');
      const message = c.peek().kind;
      if (message === 'string' || message === 'name') c.take();
      if (!c.sees(')')) c.refuse('uses RAISE with a message that is not a plain string');
    }
    c.expect(')');
  },
};

/** A column, perhaps with its table, or the call of a function. */
function reference(c: SchemaCursor): void {
  const { kind, text } = c.peek();
  const callable = c.seesBareName() && kind !== 'string';
  const { at } = c;
  const name = c.name();
  if (callable && c.accept('(')) return call(c, name);
  if (!c.accept('.')) {
    if (kind === 'word' && (text === 'true' || text === 'false')) c.truths.add(text);
    if (kind !== 'string') c.columns.push({ name: name.toLowerCase(), at, quoted: kind === 'name', queries: [] });
    return;
  }
  c.room(3);
  c.qualifiers.push({ name: name.toLowerCase(), at });
  c.name();
  if (c.accept('.')) c.name();
}

function call(c: SchemaCursor, name: string): void {
  c.room(5);
  const count = c.accept('*') || c.sees(')') ? 0 : callArguments(c);
  if (c.sees('order')) c.refuse(`uses ORDER BY inside ${name}()`);
  c.expect(')');
  if (c.sees('over', '(') || c.sees('filter', '(')) {
    c.take();
    c.unexpected();
  }
  const fault = callFault(name, count);
  if (fault !== undefined) c.refuse(fault);
}

function callArguments(c: SchemaCursor): number {
  c.acceptOne(['distinct', 'all']);
  return list(c, 3);
}

/** The words of a type, with its length, or undefined when there is none. */
export function typeName(c: SchemaCursor): string | undefined {
  const words: string[] = [];
  while (c.seesBareName()) words.push(c.take().text);
  if (words.length === 0) return undefined;
  if (c.accept('(')) {
    do {
      c.acceptOne(['+', '-']);
      if (c.take().kind !== 'number') c.unexpected();
    } while (c.accept(','));
    c.expect(')');
  }
  return words.join(' ');
}

/** Whether a query comes next, be it one that 3.7.6 does not know. */
export function startsQuery(c: SchemaCursor): boolean {
  return c.sees('select') || c.sees('values') || (c.sees('with') && c.peek(1).kind === 'word');
}
