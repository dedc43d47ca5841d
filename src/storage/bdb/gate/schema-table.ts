/** Tables and indexes as SQLite 3.7.6 knows them. */
import type { SchemaCursor } from './schema-cursor.ts';
import { collation, expression, typeName } from './schema-expression.ts';
import { UNFIT_FOR_DEFAULT } from './schema-functions.ts';

/** The part of a text that makes a table, behind CREATE TABLE and its name. */
export function tableBody(c: SchemaCursor): void {
  c.expect('(');
  column(c, 2);
  let before = 4;
  for (let comma = c.accept(','); comma || !c.sees(')'); comma = c.accept(',')) {
    if (before === 4 && !startsConstraint(c)) column(c, before);
    else {
      c.nested(comma ? before : before - 1, () => constraint(c));
      before = 6;
    }
  }
  c.expect(')');
  if (c.accept('without', 'rowid')) c.refuse('is WITHOUT ROWID');
  if (c.accept('strict')) c.refuse('is STRICT');
}

/** The part of a text that makes an index, behind CREATE INDEX and its name. */
export function indexBody(c: SchemaCursor): string[] {
  c.expect('on');
  c.name();
  const named = indexColumns(c);
  if (c.accept('where')) c.refuse('is partial (WHERE)');
  return named;
}

/** Columns of an index or a key. Answers those in double quotes, which today may be texts if no column has the name. */
function indexColumns(c: SchemaCursor): string[] {
  c.expect('(');
  const quoted: string[] = [];
  do {
    const { kind } = c.peek();
    const name = isKeyName(c) ? c.name() : c.refuse('has an expression where a column must be');
    if (kind === 'name') quoted.push(name);
    if (c.accept('collate')) collation(c);
    c.acceptOne(['asc', 'desc']);
    c.accept('autoincrement');
    if (!c.sees(',') && !c.sees(')')) c.refuse('has an expression where a column must be');
  } while (c.accept(','));
  c.expect(')');
  return quoted;
}

function isKeyName(c: SchemaCursor): boolean {
  const { kind, text } = c.peek();
  return kind === 'name' || kind === 'string' || (kind === 'word' && !['null', 'not', 'case', 'exists'].includes(text));
}

const CONSTRAINTS = ['constraint', 'primary', 'unique', 'check', 'foreign'];

function startsConstraint(c: SchemaCursor): boolean {
  return c.peek().kind === 'word' && CONSTRAINTS.includes(c.peek().text);
}

function column(c: SchemaCursor, before: number): void {
  const name = c.name();
  c.given.add(name.toLowerCase());
  const { kind, text } = c.peek();
  const type = typeName(c);
  // 3.7.6 takes the first word for the whole when that is quoted, and then the column for the key of the table.
  if (kind !== 'word' && /^integer$/i.test(text) && type !== text)
    c.refuse(`has an odd type in its column ${JSON.stringify(name)}`);
  c.nested(before + 3, () => {
    while (!c.sees(',') && !c.sees(')')) columnConstraint(c, name);
  });
}

function columnConstraint(c: SchemaCursor, column: string): void {
  const named = c.accept('constraint');
  if (named) c.name();
  const { kind, text } = c.peek();
  if (kind === 'word' && (text === 'as' || (text === 'generated' && c.sees('generated', 'always'))))
    c.refuse(`has the generated column ${JSON.stringify(column)}`);
  const rule = kind === 'word' ? COLUMN_RULES[text] : undefined;
  if (rule === undefined) {
    if (named) c.refuse('has a CONSTRAINT that is only a name');
    c.unexpected();
  }
  c.take();
  c.nested(named ? 3 : 1, () => rule(c, column));
}

const COLUMN_RULES: Readonly<Record<string, (c: SchemaCursor, column: string) => void>> = {
  default: defaultValue,
  null: onConflict,
  not(c) {
    if (c.accept('deferrable')) return initially(c);
    c.expect('null');
    onConflict(c);
  },
  primary(c) {
    c.expect('key');
    c.acceptOne(['asc', 'desc']);
    onConflict(c);
    c.accept('autoincrement');
  },
  unique: onConflict,
  check,
  references,
  deferrable: initially,
  collate: collation,
};

function check(c: SchemaCursor): void {
  c.expect('(');
  c.room(3);
  c.nested(1, () => expression(c));
  if (c.sees(',')) c.refuse('uses a row value');
  c.expect(')');
}

function defaultValue(c: SchemaCursor, column: string): void {
  if (c.accept('(')) return defaultExpression(c, column);
  const signed = c.acceptOne(['+', '-']) !== undefined;
  const { kind, text } = c.peek();
  if (kind === 'unknown') c.unexpected();
  if (!signed && kind === 'word' && (text === 'true' || text === 'false'))
    c.refuse(
      `has DEFAULT ${text.toUpperCase()} in its column ${JSON.stringify(column)} (write ${text === 'true' ? 1 : 0}), which becomes a text`,
    );
  c.take();
}

/** Values that are computed for every row. 3.7.6 crashes when these compare anything. */
function defaultExpression(c: SchemaCursor, column: string): void {
  const from = c.at;
  const names = c.columns.length + c.qualifiers.length;
  c.nested(1, () => expression(c));
  const of = `in the DEFAULT of its column ${JSON.stringify(column)}`;
  for (let ahead = from - c.at; ahead < 0; ahead++) {
    const { kind, text } = c.peek(ahead);
    const called = c.peek(ahead + 1).text === '(';
    if ((kind === 'sign' || kind === 'word') && COMPARISONS.has(text) && !isHarmless(c, ahead)) c.refuse(`compares ${of}`);
    if ((kind === 'name' || kind === 'word') && called && UNFIT_FOR_DEFAULT.has(text.toLowerCase()))
      c.refuse(`uses ${text}() ${of}`);
    if (kind === 'word' && (text === 'true' || text === 'false')) c.refuse(`uses ${text.toUpperCase()} ${of}`);
  }
  if (c.columns.length + c.qualifiers.length > names) c.refuse(`names a column ${of}`);
  c.expect(')');
}

/** CASE without a value to compare with, and IS NULL. */
function isHarmless(c: SchemaCursor, ahead: number): boolean {
  const follows = (behind: number): string => c.peek(ahead + behind).text;
  if (follows(0) === 'case') return follows(1) === 'when';
  return follows(0) === 'is' && (follows(1) === 'null' || (follows(1) === 'not' && follows(2) === 'null'));
}

const COMPARISONS = new Set(['=', '==', '<', '<=', '>', '>=', '<>', '!=', 'in', 'between', 'case', 'is']);

function references(c: SchemaCursor): void {
  c.name();
  if (c.sees('(')) indexColumns(c);
  for (;;) {
    if (c.accept('match')) c.name();
    else if (c.accept('on')) referenceAction(c);
    else return;
  }
}

function referenceAction(c: SchemaCursor): void {
  if (c.acceptOne(['delete', 'update', 'insert']) === undefined) c.unexpected();
  if (c.accept('set', 'null') || c.accept('set', 'default') || c.accept('no', 'action')) return;
  if (c.acceptOne(['cascade', 'restrict']) === undefined) c.unexpected();
}

function initially(c: SchemaCursor): void {
  if (c.accept('initially') && c.acceptOne(['deferred', 'immediate']) === undefined) c.unexpected();
}

function onConflict(c: SchemaCursor): void {
  if (!c.accept('on', 'conflict')) return;
  if (c.acceptOne(['rollback', 'abort', 'fail', 'ignore', 'replace']) === undefined) c.unexpected();
}

function constraint(c: SchemaCursor): void {
  if (c.accept('constraint')) c.name();
  else if (c.accept('primary', 'key') || c.accept('unique')) {
    indexColumns(c);
    onConflict(c);
  } else if (c.accept('check')) {
    c.nested(1, () => check(c));
    onConflict(c);
  } else {
    c.expect('foreign', 'key');
    c.names();
    c.expect('references');
    references(c);
    if (c.accept('not', 'deferrable') || c.accept('deferrable')) initially(c);
  }
}
