/** The gate lets through what Berkeley DB SQL can read and names what it cannot, and Berkeley DB SQL agrees. */
import { describe, expect, it } from 'vitest';
import { faultOf, type SchemaObject } from '../../../src/storage/bdb/gate/check.ts';
import { type Database, open } from '../../sql/engine.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { genuineBytes, openGenuine, soundNames } from './genuine.ts';
import { readable } from './readable-schemas.ts';
import { misread, refused } from './refused-schemas.ts';
import { complaintsOf } from './schema-judge.ts';

/** What the schemas of the lists may name. */
const TABLES = [
  'create table tt(id integer primary key, a text, b int, c real, d blob)',
  'create table uu(id integer primary key, a text, b int, tt_id int references tt)',
  'create view vv as select id, a, b from tt',
  "insert into tt values(1, 'x', 1, 1.5, x'00')",
  "insert into uu values(1, 'x', 1, 1)",
];

type Statements = string | readonly string[];

/** The rows of the schema that today's SQLite makes of these statements, one after the other. */
function objectsOf(engine: Database, statements: Statements): SchemaObject[] {
  engine.run('savepoint made');
  for (const sql of [statements].flat()) engine.run(sql);
  const rows = engine.prepare('select type, name, tbl_name, sql from sqlite_master order by rowid');
  const objects: SchemaObject[] = [];
  while (rows.step()) {
    const [type, name, table, sql] = rows.get() as [string, string, string, string | null];
    objects.push({ type, name, table, sql });
  }
  rows.free();
  engine.run('rollback to made; release made');
  return objects;
}

function faultsOf(objects: readonly SchemaObject[]): string[] {
  return objects.map((object) => faultOf(object, objects, columnsOf)).filter((fault) => fault !== null);
}

const engine = open(TABLES.join(';'));
/** The columns of the tables that the schemas of the lists may name. */
function columnsOf(source: string): readonly string[] | null {
  try {
    return engine.prepare(`select * from ${source}`).getColumnNames();
  } catch {
    return null;
  }
}
const given = objectsOf(engine, []).length;
const made = (statements: Statements): SchemaObject[] => objectsOf(engine, statements).slice(given);

describe('the gate', () => {
  it(`lets ${readable.length} schemas through`, () => {
    const wrong = readable.flatMap((statements) => faultsOf(objectsOf(engine, statements)).map((fault) => [statements, fault]));
    expect(wrong).toEqual([]);
  });

  it(`refuses ${refused.length + misread.length} schemas and says why`, () => {
    const wrong = [...refused, ...misread].flatMap(([statements, what]) => {
      const faults = faultsOf(objectsOf(engine, statements));
      const right = faults.length === 1 && faults[0]!.includes(` ${what}; Berkeley DB SQL (SQLite 3.7.6) cannot read it`);
      return right ? [] : [[statements, what, faults]];
    });
    expect(wrong).toEqual([]);
  });

  it('names the object', () => {
    const sql = 'CREATE TABLE "my table" ("a" INTEGER) STRICT';
    expect(faultOf({ type: 'table', name: 'my table', table: 'my table', sql })).toBe(
      'table "my table" is STRICT; Berkeley DB SQL (SQLite 3.7.6) cannot read it',
    );
    expect(faultOf({ type: 'index', name: 'sqlite_autoindex_t_1', table: 't', sql: null })).toBeNull();
  });

  it.each(soundNames)('lets the schema of the genuine file %s through', (name) => {
    expect(faultsOf(openGenuine(genuineBytes(name)).schema)).toEqual([]);
  });
});

describe.skipIf(!hasJudges)('Berkeley DB SQL', () => {
  it('reads and uses what is let through', () => {
    const complaints = complaintsOf(TABLES, readable.map(script));
    expect(readable.flatMap((statements, at) => (complaints[at] === null ? [] : [[statements, complaints[at]]]))).toEqual([]);
  });

  it('chokes on what is refused', () => {
    // It compares values of columns that do not exist yet, and crashes or does not as memory happens to be.
    const certain = refused.filter(([, what]) => !/^(?:compares|uses \w+\(\)) in the DEFAULT/.test(what));
    const complaints = complaintsOf(
      TABLES,
      certain.map(([statements]) => script(statements)),
    );
    expect(certain.filter((_, at) => complaints[at] === null)).toEqual([]);
  });

  it.each(misread)('reads %j as something else', async (statements) => {
    const [{ sql, name }] = made(statements) as [SchemaObject];
    const { lines } = await judge.sql(null, [sql ?? '', `insert into ${name} default values`, `select * from ${name}`]);
    expect(lines.join()).toMatch(/true|false/i);
  });
});

/** The objects that statements make, but for those that SQLite makes itself, and uses of them. */
function script(statements: Statements): string[] {
  return made(statements).flatMap((object) =>
    object.sql === null || object.name.startsWith('sqlite_') ? [] : [object.sql, ...uses(object)],
  );
}

/** Statements that make an engine read, and run, all that an object says; rows that break a constraint are ignored. */
function uses({ type, name, table, sql }: SchemaObject): string[] {
  const of = (what: string): string => `"${what.replaceAll('"', '""')}"`;
  if (type === 'view') return [`select * from ${of(name)}`];
  if (type === 'index') return [`reindex ${of(name)}`];
  if (type === 'table') return [`insert or ignore into ${of(name)} default values`, `select * from ${of(name)}`];
  const event = /\b(insert|delete|update)\b/i.exec((sql ?? '').replace(/"[^"]*"/g, ' '))?.[1]?.toLowerCase();
  if (event === 'insert') return [`insert into ${of(table)}(a) values('x')`];
  return event === 'delete' ? [`delete from ${of(table)} where id = 1`] : [`update ${of(table)} set a = 'zz' where id = 1`];
}
