/** Triggers as SQLite 3.7.6 knows them. */
import type { SchemaCursor } from './schema-cursor.ts';
import { expression, list, tableName } from './schema-expression.ts';

/** The part of a text that makes a trigger, behind CREATE TRIGGER and its name. */
export function triggerBody(c: SchemaCursor): void {
  if (!c.accept('instead', 'of')) c.acceptOne(['before', 'after']);
  if (c.accept('update')) {
    if (c.accept('of'))
      do c.name();
      while (c.accept(','));
  } else if (c.acceptOne(['insert', 'delete']) === undefined) c.unexpected();
  c.expect('on');
  tableName(c);
  c.accept('for', 'each', 'row');
  if (c.accept('when')) c.nested(11, () => expression(c));
  c.expect('begin');
  let before = 2;
  do {
    c.nested(before, () => statement(c));
    c.expect(';');
    before = 3;
  } while (!c.accept('end'));
}

function statement(c: SchemaCursor): void {
  if (c.accept('update')) update(c);
  else if (c.accept('insert') || c.accept('replace')) insert(c);
  else if (c.accept('delete', 'from')) {
    table(c);
    where(c, 5);
  } else c.query();
}

/** The table that a statement changes. */
function table(c: SchemaCursor): void {
  tableName(c);
  if (c.sees('as')) c.refuse('gives another name to the table that a statement of it changes');
}

function where(c: SchemaCursor, before: number): void {
  if (c.accept('where')) c.nested(before, () => expression(c));
}

function update(c: SchemaCursor): void {
  orAction(c);
  table(c);
  c.expect('set');
  let before = 7;
  do {
    if (c.sees('(')) c.refuse('sets several columns at once');
    c.name();
    c.expect('=');
    c.nested(before, () => expression(c));
    before = 9;
  } while (c.accept(','));
  if (c.sees('from')) c.refuse('uses UPDATE … FROM');
  where(c, 7);
}

function insert(c: SchemaCursor): void {
  orAction(c);
  c.expect('into');
  table(c);
  if (c.sees('(')) c.names();
  if (c.accept('values')) {
    c.expect('(');
    list(c, 6);
    c.expect(')');
    if (c.sees(',')) c.refuse('inserts several rows with one VALUES');
  } else c.nested(4, () => c.query());
  if (c.sees('on', 'conflict')) c.refuse('uses ON CONFLICT … DO');
}

function orAction(c: SchemaCursor): void {
  if (c.accept('or') && c.acceptOne(['rollback', 'abort', 'fail', 'ignore', 'replace']) === undefined) c.unexpected();
}
