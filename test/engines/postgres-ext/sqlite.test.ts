/** What becomes of Postgres's own fields on SQLite: refused by name, before anything runs; points in time work. */
import { afterAll, expect, test } from 'vitest';
import {
  ArrayField,
  CITextField,
  DateTimeTZField,
  HStoreField,
  IntegerRangeField,
  IntervalField,
  isSimilar,
  Match,
  TSVectorField,
  VectorField,
} from '../../../src/entry/postgresql-ext.ts';
import { SqliteDatabase } from '../../../src/entry/sqlite.ts';
import { Model, NotSupportedError, TextField } from '../../../src/index.ts';
import { rejection } from '../rejection.ts';

class Event extends Model.define('event', { label: TextField(), at: DateTimeTZField() }) {}

const database = new SqliteDatabase(':memory:');
afterAll(() => database.close());

test.each([
  ['array', ArrayField(TextField())],
  ['hstore', HStoreField()],
  ['tsvector', TSVectorField()],
  ['interval', IntervalField()],
  ['range', IntegerRangeField()],
  ['citext', CITextField()],
  ['vector', VectorField()],
] as const)('there is no %s', async (type, field) => {
  class Odd extends Model.define('odd', { field }) {}
  const error = await rejection(database.createTables([Odd]));
  expect(error).toBeInstanceOf(NotSupportedError);
  expect(error.message).toBe(`SQLite has no type "${type}"`);
});

test('there is no search for words or likeness', async () => {
  database.bind([Event]);
  await database.createTables([Event]);
  for (const where of [Match(Event.label, 'a'), isSimilar(Event.label, 'a')])
    expect(await rejection(Event.select().where(where))).toBeInstanceOf(NotSupportedError);
});

test('points in time are kept as UTC', async () => {
  database.bind([Event]);
  await database.createTables([Event]);
  const at = new Date(Date.UTC(2026, 10, 22, 12, 0, 0, 5));
  await Event.create({ label: 'x', at });
  expect((await Event.get(Event.at.eq(at), Event.at.hour.eq(12))).at).toEqual(at);
});
