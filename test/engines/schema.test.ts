/** Creating, dropping and asking for tables. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProgrammingError } from '../../src/errors.ts';
import type { Database } from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from '../database/rejection.ts';
import { column, note, reference, table } from '../database/tables.ts';

const city = table('city', [column('name', { null: false, unique: true })]);
const person = table('person', [reference('city', 'city'), reference('boss', 'person', { onDelete: 'SET NULL' })]);
const visit = table('visit', [reference('person', 'person', { onDelete: 'CASCADE' }), reference('city', 'city')]);
const hen = table('hen', [reference('egg', 'egg')]);
const egg = table('egg', [reference('hen', 'hen')]);

describe.each(backends)('$name', ({ open }) => {
  let opened: Opened;
  let db: Database;
  beforeAll(async () => {
    opened = await open();
    db = opened.database;
  });
  afterEach(async () => {
    await db.executeSql('DROP VIEW IF EXISTS romans');
    await db.dropTables([hen, egg, visit, person, city, note]);
  });
  afterAll(() => opened.discard());

  describe('createTables', () => {
    test('makes tables of descriptions and of what has one', async () => {
      await db.createTables([visit, { '~schema': () => person }, city]);
      expect(await db.getTables()).toEqual(['city', 'person', 'visit']);
      expect(await db.tableExists('city')).toBe(true);
      expect(await db.tableExists(person)).toBe(true);
      expect(await db.tableExists({ '~schema': () => note })).toBe(false);
    });

    test('leaves alone what exists, unless told otherwise', async () => {
      await db.createTables([note]);
      await db.executeSql("INSERT INTO note (text) VALUES ('a')");
      await db.createTables([note]);
      expect((await db.executeSql('SELECT count(*) FROM note')).scalar()).toBe(1);
      expect(await rejection(db.createTables([note], { safe: false }))).toBeInstanceOf(ProgrammingError);
    });

    test('makes all or none', async () => {
      await db.createTables([note]);
      await rejection(db.createTables([city, note], { safe: false }));
      expect(await db.getTables()).toEqual(['note']);
    });

    test('makes tables that refer to each other', async () => {
      await db.createTables([hen, egg]);
      await db.atomic(async (tx) => {
        await tx.run({
          statements: [
            { sql: 'INSERT INTO hen (id) VALUES (1)', mode: 'write' },
            { sql: 'INSERT INTO egg (id, hen) VALUES (1, 1)', mode: 'write' },
            { sql: 'UPDATE hen SET egg = 1', mode: 'write' },
          ],
        });
      });
      await db.dropTables([hen, egg]);
      expect(await db.getTables()).toEqual([]);
    });

    test('of nothing does nothing', async () => {
      const ran: string[] = [];
      const stop = db.on('query', ({ sql }) => ran.push(sql));
      await db.createTables([]);
      stop();
      expect(ran).toEqual([]);
    });
  });

  describe('dropTables', () => {
    test('drops full tables in an order that keys allow', async () => {
      await db.createTables([city, person, visit]);
      await db.executeSql("INSERT INTO city (id, name) VALUES (1, 'Rome')");
      await db.executeSql('INSERT INTO person (id, city) VALUES (1, 1)');
      await db.executeSql('INSERT INTO visit (person, city) VALUES (1, 1)');
      await db.dropTables([city, person, visit]);
      expect(await db.getTables()).toEqual([]);
      await db.dropTables([city]);
      expect(await rejection(db.dropTables([city], { safe: false }))).toBeInstanceOf(ProgrammingError);
    });

    test('truncateTables empties them', async () => {
      await db.createTables([city, person]);
      await db.executeSql("INSERT INTO city (id, name) VALUES (1, 'Rome')");
      await db.executeSql('INSERT INTO person (city) VALUES (1)');
      await db.truncateTables([city, person]);
      expect((await db.executeSql('SELECT (SELECT count(*) FROM city) + (SELECT count(*) FROM person)')).scalar()).toBe(0);
    });
  });

  describe('what is there', () => {
    beforeEach(() => db.createTables([city, person, visit]));

    test('columns, keys and indexes', async () => {
      const columns = await db.getColumns('city');
      expect(columns.map(({ name, null: isNull, primaryKey }) => [name, isNull, primaryKey])).toEqual([
        ['id', false, true],
        ['name', false, false],
      ]);
      expect(await db.getPrimaryKeys('city')).toEqual(['id']);
      expect(await db.getForeignKeys('person')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ column: 'boss', destTable: 'person', destColumn: 'id', onDelete: 'SET NULL' }),
          expect.objectContaining({ column: 'city', destTable: 'city', destColumn: 'id' }),
        ]),
      );
      await db.executeSql('CREATE INDEX by_both ON person (city, boss)');
      expect((await db.getIndexes('person')).filter(({ name }) => name !== 'person_pkey')).toEqual([
        expect.objectContaining({ name: 'by_both', columns: ['city', 'boss'], unique: false }),
      ]);
    });

    test('views', async () => {
      await db.executeSql('CREATE VIEW romans AS SELECT * FROM person');
      expect((await db.getViews()).map(({ name }) => name)).toEqual(['romans']);
      expect(await db.getTables()).not.toContain('romans');
    });
  });
});
