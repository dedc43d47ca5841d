/** Paths into JSON documents, whatever the keys. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../src/ast/expression.ts';
import { AutoField } from '../../src/fields/auto.ts';
import { JSONField } from '../../src/fields/json.ts';
import { Model } from '../../src/model/model.ts';
import type { Executor } from '../../src/query/executor.ts';
import type { Expr } from '../../src/query/expr.ts';
import { fn } from '../../src/query/fn.ts';
import { select } from '../../src/query/select.ts';
import { Term } from '../../src/query/term.ts';
import { Value } from '../../src/query/value.ts';
import type { Statement } from '../../src/wire/statement.ts';
import { bothEngines } from './both.ts';

const JSON_TYPE = { name: 'json' } as const;

const engines = await bothEngines();

interface Doc {
  readonly n: number;
  readonly s: string;
  readonly list: readonly number[];
  readonly deep: { readonly yes: boolean };
}

class Post extends Model.define('post', { id: AutoField(), meta: JSONField<Doc>({ null: true }) }) {}

function at(on: Executor, document: unknown, path: readonly (string | number)[], as: 'json' | 'value'): Promise<unknown> {
  const operand: Expression = { kind: 'value', value: document, type: JSON_TYPE };
  const node: Expression = { kind: 'jsonPath', operand, path, as };
  return select(new Term<unknown>(node, as === 'json' ? { type: JSON_TYPE } : {}))
    .bind(on)
    .scalar();
}

describe.each(engines)('on %s', (engine, on) => {
  it('follow keys and indexes', async () => {
    const document = { a: [1, { b: 'x' }], 'it\'s "odd"': { '': 2 }, n: null, yes: true };
    expect(await at(on, document, ['a', 0], 'json')).toBe(1);
    expect(await at(on, document, ['a', -1, 'b'], 'json')).toBe('x');
    expect(await at(on, document, ['a', 1, 'b'], 'value')).toBe('x');
    expect(await at(on, document, ['a'], 'json')).toEqual([1, { b: 'x' }]);
    expect(await at(on, document, ['yes'], 'json')).toBe(true);
    expect(await at(on, document, ['yes'], 'value')).toBe(engine === 'SQLite' ? 1 : 'true');
    expect(await at(on, document, ['n'], 'json')).toBeNull();
    expect(await at(on, document, ['n'], 'value')).toBeNull();
    expect(await at(on, document, ['missing'], 'json')).toBeNull();
    expect(await at(on, document, ['it\'s "odd"', ''], 'json')).toBe(2);
    expect(await at(on, { '0': 1 }, [0], 'json')).toBeNull();
    expect(await at(on, [1], [2 ** 40], 'json')).toBeNull();
    expect(await select(Value(1)).bind(on).scalar()).toBe(1);
  });

  it('find any key', async () => {
    const key = fc.string({
      unit: fc.oneof(
        fc.constantFrom('"', '\\', "'", '.', '[', ']', '$', ' ', '\n', '\u0001', 'é', '😀', 'a', '{', ',', '?'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        key.filter((name) => name.isWellFormed() && !name.includes('\0') && name !== '__proto__'),
        async (name) => {
          expect(await at(on, { [name]: 7, [`${name}x`]: 8 }, [name], 'json')).toBe(7);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('compare as plain values', async () => {
    await on.run({ statements: schemaOf(on) });
    const docs: (Doc | null)[] = [
      { n: 1, s: 'a', list: [1, 2], deep: { yes: true } },
      { n: 2, s: 'b%', list: [], deep: { yes: false } },
      { n: 10, s: 'B', list: [3], deep: { yes: true } },
      { n: null as never, s: null as never, list: null as never, deep: {} as never },
      null,
    ];
    await Post.insertMany(docs.map((meta) => ({ meta }))).bind(on);
    const n = Post.meta.path('n');
    const s = Post.meta.path('s');
    const yes = Post.meta.path('deep').path('yes');
    const ids = async (...conditions: Expr<boolean>[]): Promise<unknown> =>
      Post.select(Post.id)
        .where(...conditions)
        .orderBy(Post.id)
        .bind(on)
        .scalars();
    expect(await ids(n.eq(2))).toEqual([2]);
    expect(await ids(n.eq('2' as never))).toEqual([]);
    expect(await ids(n.ne(2))).toEqual([1, 3]);
    expect(await ids(n.gt(1))).toEqual([2, 3]);
    expect(await ids(n.lte(2))).toEqual([1, 2]);
    expect(await ids(n.between(2, 10))).toEqual([2, 3]);
    expect(await ids(n.in([1, 10]))).toEqual([1, 3]);
    expect(await ids(n.notIn([1, 10]))).toEqual([2]);
    expect(await ids(n.isNull())).toEqual([4, 5]);
    expect(await ids(n.eq(null))).toEqual([4, 5]);
    expect(await ids(n.is(null))).toEqual([4, 5]);
    expect(await ids(n.isNot(1))).toEqual([2, 3, 4, 5]);
    expect(await ids(n.add(1).gt(3))).toEqual([3]);
    expect(await ids(n.neg().lt(-1))).toEqual([2, 3]);
    expect(await ids(s.eq('a'))).toEqual([1]);
    expect(await ids(s.lt('b'))).toContain(1);
    expect(await ids(s.contains('b'))).toEqual([2, 3]);
    expect(await ids(s.like('b\\%'))).toEqual([2]);
    expect(await ids(s.concat('!').eq('a!' as never))).toEqual([1]);
    expect(await ids(yes.eq(true))).toEqual([1, 3]);
    expect(await ids(Post.meta.path('list').eq([1, 2]))).toEqual([1]);
    expect(await ids(Post.meta.path('list').path(-1).eq(3))).toEqual([3]);
    expect(await ids(Post.id.eq(n))).toEqual([1, 2]);
    expect(await ids(n.eq(Post.id))).toEqual([1, 2]);
    expect(await ids(Post.meta.eq(docs[1] as Doc))).toEqual([2]);
    expect(await ids(Post.meta.in([docs[0] as Doc, docs[2] as Doc]))).toEqual([1, 3]);
    const sorted = Post.select(Post.id).where(n.isNull(false)).bind(on);
    expect(await sorted.orderBy(n.desc()).scalars()).toEqual([3, 2, 1]);
    expect(await Post.select(n.add(1), n, yes).orderBy(Post.id).limit(1).bind(on).tuples()).toEqual([[2, 1, true]]);
    expect(await Post.select(fn.sum(n)).bind(on).scalar()).toBe(13);
    const grouped = Post.select(yes, fn.count(Post.id)).where(n.isNull(false)).groupBy(yes).having(yes.eq(true)).orderBy(yes);
    expect(await grouped.bind(on).tuples()).toEqual([[true, 2]]);
    expect(await Post.select(yes).where(n.isNull(false)).distinct().bind(on).scalars()).toHaveLength(2);
    expect(await Post.select(fn.max(n), fn.min(n), fn.max(s)).bind(on).tuples()).toEqual([[10, 1, 'b%']]);
    expect(await Post.select(fn.max(n)).where(Post.id.gt(3)).bind(on).scalar()).toBe(null);
    if (engine === 'Postgres') {
      expect(await ids(Post.meta.path('list').containedBy([1, 2, 3]))).toEqual([1, 2, 3]);
      expect(await ids(Post.meta.containedBy({ ...(docs[0] as Doc), more: 1 } as Doc))).toEqual([1]);
    }
  });
});

function schemaOf({ dialect }: Executor): readonly Statement[] {
  const id = { name: 'id', type: { name: 'auto' }, null: false, unique: false, primaryKey: true, constraints: [] } as const;
  const meta = { name: 'meta', type: JSON_TYPE, null: true, unique: false, primaryKey: false, constraints: [] } as const;
  const table = { name: 'post', columns: [id, meta], primaryKey: [], constraints: [], indexes: [], dependsOn: [] };
  return dialect.compile({
    kind: 'createTables',
    safe: false,
    tables: [{ ...table, temporary: false, withoutRowid: false, strict: false }],
  });
}
