/** The order in which tables are made. */
import { describe, expect, test } from 'vitest';
import { sortTables } from '../../src/database/schema.ts';
import { column, reference, table } from './tables.ts';

const city = table('city', [column('name', { null: false, unique: true })]);
const person = table('person', [reference('city', 'city'), reference('boss', 'person', { onDelete: 'SET NULL' })]);
const visit = table('visit', [reference('person', 'person', { onDelete: 'CASCADE' }), reference('city', 'city')]);
const hen = table('hen', [reference('egg', 'egg')]);
const egg = table('egg', [reference('hen', 'hen')]);

describe('the order of tables', () => {
  const names = (tables: Parameters<typeof sortTables>[0]) => sortTables(tables).map(({ name }) => name);

  test('puts first what others refer to', () => {
    expect(names([visit, person, city])).toEqual(['city', 'person', 'visit']);
    expect(names([city, visit, person])).toEqual(['city', 'person', 'visit']);
  });

  test('bears circles, doubles and tables that are not there', () => {
    expect(names([hen, egg, hen])).toEqual(['egg', 'hen']);
    expect(names([visit])).toEqual(['visit']);
  });

  test('heeds other dependencies', () => {
    expect(names([table('a', [], { dependsOn: [{ name: 'b' }] }), table('b', [])])).toEqual(['b', 'a']);
  });
});
