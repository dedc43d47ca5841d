/** Paths into JSON documents, whatever the keys. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Expression } from '../../src/ast/expression.ts';
import { select } from '../../src/query/select.ts';
import { Term } from '../../src/query/term.ts';
import { Value } from '../../src/query/value.ts';
import { executor, open } from './engine.ts';

const on = executor(open());
const JSON_TYPE = { name: 'json' } as const;

function at(document: unknown, path: readonly (string | number)[], as: 'json' | 'value'): Promise<unknown> {
  const operand: Expression = { kind: 'value', value: document, type: JSON_TYPE };
  const node: Expression = { kind: 'jsonPath', operand, path, as };
  return select(new Term<unknown>(node, as === 'json' ? { type: JSON_TYPE } : {}))
    .bind(on)
    .scalar();
}

it('follow keys and indexes', async () => {
  const document = { a: [1, { b: 'x' }], 'it\'s "odd"': { '': 2 }, n: null, yes: true };
  expect(await at(document, ['a', 0], 'json')).toBe(1);
  expect(await at(document, ['a', -1, 'b'], 'json')).toBe('x');
  expect(await at(document, ['a', 1, 'b'], 'value')).toBe('x');
  expect(await at(document, ['a'], 'json')).toEqual([1, { b: 'x' }]);
  expect(await at(document, ['yes'], 'json')).toBe(true);
  expect(await at(document, ['yes'], 'value')).toBe(1);
  expect(await at(document, ['n'], 'json')).toBeNull();
  expect(await at(document, ['missing'], 'json')).toBeNull();
  expect(await at(document, ['it\'s "odd"', ''], 'json')).toBe(2);
  expect(await select(Value(1)).bind(on).scalar()).toBe(1);
});

it('find any key', async () => {
  const key = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', "'", '.', '[', ']', '$', ' ', '\n', '\u0001', 'é', '😀', 'a'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(
      key.filter((name) => name.isWellFormed() && !name.includes('\0') && name !== '__proto__'),
      async (name) => {
        expect(await at({ [name]: 7, [`${name}x`]: 8 }, [name], 'json')).toBe(7);
      },
    ),
    { numRuns: 300 },
  );
});
