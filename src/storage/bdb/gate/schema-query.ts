/** Queries as SQLite 3.7.6 knows them. */
import type { SchemaCursor } from './schema-cursor.ts';
import { expression, startsQuery, tableName } from './schema-expression.ts';
import { SchemaScope } from './schema-scope.ts';

const COMPOUND = [['union', 'all'], ['union'], ['except'], ['intersect']] as const;
const JOINS = ['natural', 'left', 'outer', 'inner', 'cross', 'right', 'full'];

/** A query with its UNIONs. Answers how many columns it has, counting a star as one. */
export function query(c: SchemaCursor): number {
  const columns = simpleQuery(c);
  while (COMPOUND.some((words) => c.accept(...words))) c.nested(2, () => simpleQuery(c));
  return columns;
}

function simpleQuery(c: SchemaCursor): number {
  const scope = new SchemaScope(c);
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
  const from = c.at;
  const grouped = c.accept('group', 'by');
  if (grouped) sortingTerms(c, 7);
  scope.sorted(from);
  if (c.accept('having')) {
    if (!grouped) c.refuse('uses HAVING without GROUP BY');
    c.nested(7, () => expression(c));
  }
  order(c, scope);
  limit(c);
  scope.close();
  return columns;
}

function order(c: SchemaCursor, scope: SchemaScope): void {
  const from = c.at;
  if (!c.accept('order', 'by')) return;
  sortingTerms(c, 9);
  scope.sorted(from);
}

function sortingTerms(c: SchemaCursor, first: number): void {
  let before = first;
  do {
    c.nested(before, () => expression(c));
    // IN () is the number 0 to 3.7.6, which takes it for that of a column.
    if (c.nowhere === c.at) c.refuse('sorts or groups by IN ()');
    c.acceptOne(['asc', 'desc']);
    if (c.sees('nulls')) c.unexpected();
    before = first + 2;
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
function tables(c: SchemaCursor, scope: SchemaScope): string[] {
  const names = table(c, scope, true, false);
  for (let how = joined(c); how !== null; how = joined(c)) names.push(...table(c, scope, false, how === 'natural'));
  return names;
}

/** Passes what joins the next table to those before it, if there is one. */
function joined(c: SchemaCursor): 'natural' | 'otherwise' | null {
  if (c.accept(',')) return 'otherwise';
  let ahead = 0;
  let natural = false;
  while (c.peek(ahead).kind === 'word' && JOINS.includes(c.peek(ahead).text)) ahead++;
  for (; ahead > 0; ahead--) {
    const word = c.acceptOne(JOINS);
    if (word === 'right' || word === 'full') c.refuse('uses a RIGHT or FULL JOIN');
    natural ||= word === 'natural';
  }
  if (!c.accept('join')) return null;
  return natural ? 'natural' : 'otherwise';
}

function table(c: SchemaCursor, scope: SchemaScope, first: boolean, natural: boolean): string[] {
  c.room(7);
  const from = c.at;
  const before = scope.sources.length;
  let names: string[] = [];
  if (!c.accept('(')) names = [namedTable(c, scope, natural)];
  else if (startsQuery(c)) {
    c.nested(2, () => c.query());
    c.expect(')');
    const text = c.textFrom(from);
    const name = alias(c);
    scope.add(name, true);
    scope.sources.push({ text, name, natural, using: [] });
    if (name !== undefined) names = [name];
  } else {
    names = c.nested(2, () => tables(c, scope));
    c.expect(')');
    const text = c.textFrom(from);
    const name = alias(c);
    if (name !== undefined || !first) {
      scope.hide(names, from);
      // One table to 3.7.6; at the beginning the parentheses are nothing to it.
      scope.sources.splice(before, scope.sources.length, { text, name, natural, using: [] });
    }
    if (name !== undefined) scope.add(name, true);
    if (name !== undefined) names = [name];
  }
  if (c.accept('on')) c.nested(6, () => expression(c));
  if (c.accept('using')) scope.using(c.names());
  return names;
}

function namedTable(c: SchemaCursor, scope: SchemaScope, natural: boolean): string {
  const from = c.at;
  const table = tableName(c).toLowerCase();
  const text = c.textFrom(from);
  if (c.sees('(')) c.refuse(`uses the table-valued function ${table}()`);
  const name = alias(c) ?? table;
  if (c.accept('indexed', 'by')) c.name();
  else c.accept('not', 'indexed');
  scope.add(name, false);
  scope.sources.push({ text, name, natural, using: [] });
  return name;
}
