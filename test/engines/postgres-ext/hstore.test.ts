/** hstore: every operator, hostile keys and values, on the engine itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HStoreField } from '../../../src/entry/postgresql-ext.ts';
import { CharField, DataError, type Expr, Model } from '../../../src/index.ts';
import { rejection } from '../rejection.ts';
import { eachPostgres } from './support.ts';

class House extends Model.define('house', {
  address: CharField({ default: '' }),
  features: HStoreField({ default: {} }),
  more: HStoreField({ null: true, index: false }),
}) {}

const PAIRS = { bath: '2', garage: null, 'it’s "odd"\\': 'a=>b, "c"' };

eachPostgres('hstore', [House], (suite) => {
  async function only(features: Record<string, string | null>): Promise<void> {
    await House.delete();
    await House.create({ features });
  }
  const of = (expression: Expr<unknown>) => House.select(expression.as('it')).scalar();
  const found = async (where: Expr<boolean>) => (await House.select().where(where)).length === 1;

  test('comes back as it was', async () => {
    for (const features of [{}, PAIRS, { '': '' }, { null: 'NULL', a: null }, { ['__proto__']: 'x', constructor: 'y' }]) {
      await only(features);
      expect(Object.entries((await House.get()).features).sort()).toEqual(Object.entries(features).sort());
    }
    await House.delete();
    await House.insertMany([
      { features: PAIRS, more: null },
      { features: {}, more: PAIRS },
    ]);
    expect(await House.select(House.features, House.more).orderBy(House.id).tuples()).toEqual([
      [PAIRS, null],
      [{}, PAIRS],
    ]);
  });

  test('is asked for keys, values and pairs', async () => {
    await only(PAIRS);
    expect(await of(House.features.get('bath'))).toBe('2');
    expect(await of(House.features.get('garage'))).toBeNull();
    expect(await of(House.features.get('none'))).toBeNull();
    expect(((await of(House.features.keys())) as string[]).sort()).toEqual(Object.keys(PAIRS).sort());
    expect(((await of(House.features.values())) as string[]).sort()).toEqual(Object.values(PAIRS).sort());
    expect(Object.fromEntries((await of(House.features.items())) as [string, string][])).toEqual(PAIRS);
    expect(await of(House.features.slice('bath', 'none'))).toEqual({ bath: '2' });
    expect(await of(House.features.slice('bath').get('bath').concat('!'))).toBe('2!');
    expect(await of(House.features.keys().length())).toBe(3);
    for (const [key, exists, defined] of [
      ['bath', true, true],
      ['garage', true, false],
      ['none', false, false],
    ] as const) {
      expect([await of(House.features.exists(key)), await of(House.features.defined(key))]).toEqual([exists, defined]);
    }
    for (const key of Object.keys(PAIRS)) expect(await found(House.features.exists(key))).toBe(true);
  });

  test('contains pairs and keys', async () => {
    await only(PAIRS);
    expect(await found(House.features.contains({ bath: '2' }))).toBe(true);
    expect(await found(House.features.contains({ bath: '3' }))).toBe(false);
    expect(await found(House.features.contains({ garage: null }))).toBe(true);
    expect(await found(House.features.contains({}))).toBe(true);
    expect(await found(House.features.contains('garage'))).toBe(true);
    expect(await found(House.features.contains(['garage', 'bath']))).toBe(true);
    expect(await found(House.features.contains(['garage', 'none']))).toBe(false);
    expect(await found(House.features.containsAny('garage', 'none'))).toBe(true);
    expect(await found(House.features.containsAny('none'))).toBe(false);
    expect(await found(House.features.containedBy({ ...PAIRS, more: '1' }))).toBe(true);
    expect(await found(House.features.containedBy({ bath: '2' }))).toBe(false);
    expect(await found(House.features.eq(PAIRS))).toBe(true);
    expect(await found(House.features.contains(House.features))).toBe(true);
    expect(await found(House.features.get('bath').eq('2').and(House.more.isNull()))).toBe(true);
  });

  test('is changed in place', async () => {
    await only({ bath: '2', garage: '1' });
    await House.update({ features: House.features.update({ bath: '3', pool: null }) });
    expect((await House.get()).features).toEqual({ bath: '3', garage: '1', pool: null });
    await House.update({ features: House.features.delete('garage', 'none') });
    expect((await House.get()).features).toEqual({ bath: '3', pool: null });
    await House.update({ features: House.features.delete('pool').update({ a: 'b' }) });
    expect((await House.get()).features).toEqual({ bath: '3', a: 'b' });
  });

  test('is found by its index', async () => {
    await House.delete();
    await House.insertMany(Array.from({ length: 3000 }, (_, n) => ({ features: { [`k${n}`]: 'x', n: String(n) } })));
    await suite.database.executeSql('vacuum analyze house');
    for (const where of [
      House.features.contains({ n: '7' }),
      House.features.exists('k7'),
      House.features.containsAny('k7', 'k8'),
    ])
      expect(JSON.stringify(await suite.database.explain(House.select().where(where)))).toContain('house_features');
  });

  test('refuses what is no text', async () => {
    for (const features of [{ a: 1 }, ['a'], 'a', { a: '\0' }, { '\0': 'a' }, { a: undefined }, new Map()])
      expect(await rejection(House.create({ features: features as never }))).toBeInstanceOf(DataError);
  });

  test('stays itself whatever it holds', async () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(...'",\\=> NULL\n\'$?'), fc.string({ unit: 'grapheme', maxLength: 1 })),
    });
    const clean = text.filter((value) => value.isWellFormed() && !value.includes('\0'));
    await only({});
    await fc.assert(
      fc.asyncProperty(fc.dictionary(clean, fc.option(clean)), async (features) => {
        await House.update({ features });
        const [row] = await House.select(House.features).tuples();
        expect(row![0]).toEqual({ ...features });
      }),
      { numRuns: 150 },
    );
  });
});
