/** Queries as SQLite 3.7.6 knows them. */
import type { NamePlace, SchemaCursor } from './schema-cursor.ts';
import { expression, list, startsQuery, tableName } from './schema-expression.ts';

/** What the tables of one query mean for the names in it. */
interface Scope {
  /** Tables that stand in parentheses behind another: today they can be named outside of these, in 3.7.6 not. */
  readonly hidden: { readonly names: readonly string[]; readonly from: number; readonly to: number }[];
  /** Columns named by USING, as often as they are. */
  readonly using: string[];
}

const COMPOUND = [['union', 'all'], ['union'], ['except'], ['intersect']] as const;
const JOINS = ['natural', 'left', 'outer', 'inner', 'cross', 'right', 'full'];

/** A query with its UNIONs. Answers how many columns it has, counting a star as one. */
export function query(c: SchemaCursor): number {
  const columns = simpleQuery(c);
  while (COMPOUND.some((words) => c.accept(...words))) c.nested(2, () => simpleQuery(c));
  return columns;
}

function simpleQuery(c: SchemaCursor): number {
  const start = c.at;
  const scope: Scope = { hidden: [], using: [] };
  c.expect('select');
  c.room(9);
  c.acceptOne(['distinct', 'all']);
  let columns = 0;
  do {
    c.nested(3, () => result(c));
    columns++;
  } while (c.accept(','));
  if (c.accept('from')) c.nested(4, () => tables(c, scope));
  if (c.accept('where')) c.nested(5, () => expression(c));
  const grouped = c.accept('group', 'by');
  if (grouped) list(c, 7);
  if (c.accept('having')) {
    if (!grouped) c.refuse('uses HAVING without GROUP BY');
    c.nested(7, () => expression(c));
  }
  order(c);
  limit(c);
  requireNames(c, scope, start);
  return columns;
}

function order(c: SchemaCursor): void {
  if (!c.accept('order', 'by')) return;
  let before = 9;
  do {
    c.nested(before, () => expression(c));
    c.acceptOne(['asc', 'desc']);
    if (c.sees('nulls')) c.unexpected();
    before = 11;
  } while (c.accept(','));
}

function limit(c: SchemaCursor): void {
  if (!c.accept('limit')) return;
  c.nested(9, () => expression(c));
  if (c.accept('offset') || c.accept(',')) c.nested(11, () => expression(c));
}

function result(c: SchemaCursor): void {
  if (c.accept('*')) return;
  if (c.peek(1).text === '.' && c.peek(2).text === '*' && c.peek(2).kind === 'sign') {
    const { at } = c;
    c.qualifiers.push({ name: c.name().toLowerCase(), at });
    return c.expect('.', '*');
  }
  expression(c);
  const name = alias(c);
  if (name !== undefined) c.given.add(name);
}

/** The name that something is given, in lower case. */
function alias(c: SchemaCursor): string | undefined {
  return c.accept('as') || c.seesBareName() ? c.name().toLowerCase() : undefined;
}

/** Tables and how they are joined. Answers the names that they go by. */
function tables(c: SchemaCursor, scope: Scope): string[] {
  const names = table(c, scope, true);
  while (joins(c)) names.push(...table(c, scope, false));
  return names;
}

function joins(c: SchemaCursor): boolean {
  if (c.accept(',')) return true;
  let ahead = 0;
  while (c.peek(ahead).kind === 'word' && JOINS.includes(c.peek(ahead).text)) ahead++;
  for (; ahead > 0; ahead--)
    if (c.acceptOne(JOINS) !== undefined && ['right', 'full'].includes(c.peek(-1).text)) c.refuse('uses a RIGHT or FULL JOIN');
  return c.accept('join');
}

function table(c: SchemaCursor, scope: Scope, first: boolean): string[] {
  c.room(7);
  const from = c.at;
  let names: string[];
  if (!c.accept('(')) names = [namedTable(c)];
  else if (startsQuery(c)) {
    c.nested(2, () => c.query());
    c.expect(')');
    names = [alias(c) ?? ''];
  } else {
    names = c.nested(2, () => tables(c, scope));
    c.expect(')');
    const name = alias(c);
    if (name !== undefined) names = [name];
    else if (!first) scope.hidden.push({ names, from, to: c.at });
  }
  if (c.accept('on')) c.nested(6, () => expression(c));
  if (c.accept('using')) scope.using.push(...c.names().map((name) => name.toLowerCase()));
  return names;
}

function namedTable(c: SchemaCursor): string {
  const name = tableName(c).toLowerCase();
  if (c.sees('(')) c.refuse(`uses the table-valued function ${name}()`);
  const given = alias(c);
  if (c.accept('indexed', 'by')) c.name();
  else c.accept('not', 'indexed');
  return given ?? name;
}

/** Refuses names that 3.7.6 cannot find, or finds twice. */
function requireNames(c: SchemaCursor, { hidden, using }: Scope, start: number): void {
  const within = ({ at }: NamePlace): boolean => at >= start;
  for (const { names, from, to } of hidden)
    for (const { name, at } of c.qualifiers.filter(within))
      if (names.includes(name) && (at < from || at >= to))
        c.refuse(`names ${JSON.stringify(name)} outside of the parentheses it is joined in`);
  const twice = using.filter((name, index) => using.indexOf(name) !== index);
  for (const { name } of c.columns.filter(within))
    if (twice.includes(name)) c.refuse(`names ${JSON.stringify(name)}, which joins three tables by USING, without its table`);
}
