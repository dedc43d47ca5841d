/** Genuine Berkeley DB SQL files are read to the last cell. */
import { describe, expect, it } from 'vitest';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';
import { genuineBytes, known, openGenuine, rowsOf, soundNames } from './genuine.ts';
import { indexOrdersOf } from './index-orders.ts';

describe.each(soundNames)('the genuine file %s', (name) => {
  const file = openGenuine(genuineBytes(name));
  const expected = known(name);

  it('has its page size, header and schema', () => {
    expect(file.pageSize).toBe(expected.page_size);
    const header = [...file.header].filter(([, value]) => value !== 0);
    expect(Object.fromEntries(header)).toEqual(expected.meta);
    expect(file.schema).toEqual(
      expected.schema.map(({ type, name, tbl_name, rootpage, sql }) => ({ type, name, table: tbl_name, root: rootpage, sql })),
    );
  });

  it('has every row of every table, and every entry of every index', () => {
    const tables = file.schema.filter(({ type }) => type === 'table');
    expect(tables.map((table) => table.name).sort()).toEqual(Object.keys(expected.tables).sort());
    for (const { name, root } of tables) {
      const { columns, rowid_alias, rows } = expected.tables[name]!;
      expect(rowsOf(file, root, columns.indexOf(rowid_alias ?? '')), name).toEqual(rows);
    }
    for (const { name, root, type } of file.schema)
      if (type === 'index') expect([...file.entries(treeName(root))].length, name).toBe(expected.index_entries[name]);
  });

  it('is sound in all its pages, in the order of every index', () => {
    const orders = indexOrdersOf(file);
    for (const { type, root } of file.schema) if (type === 'index') expect(orders(treeName(root))).not.toBeNull();
    expect(file.requireSound(orders)).toBe(0);
  });
});
