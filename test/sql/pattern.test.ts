/** like, ilike, contains, startsWith and endsWith, against what they say in plain JavaScript. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Expr } from '../../src/query/expr.ts';
import { select } from '../../src/query/select.ts';
import { Value } from '../../src/query/value.ts';
import { executor, open } from './engine.ts';

const on = executor(open());
const text = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', '%', '_', '\\', '*', '?', '[', ']', '^', '-', "'", 'é'),
  maxLength: 6,
});

/** The regular expression a LIKE pattern stands for. */
function meaning(pattern: string, flags: string): RegExp {
  const source = pattern.replace(/\\([\s\S])|[\s\S]/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[^\w]/g, '\\$&');
    return token === '%' ? '[^]*' : token === '_' ? '[^]' : token.replace(/[^\wé]/g, '\\$&');
  });
  return new RegExp(`^${source.replaceAll('\\é', 'é')}$`, flags);
}

async function holds(condition: Expr<boolean>): Promise<unknown> {
  return select(condition).bind(on).scalar();
}

// A backslash at the very end escapes nothing; engines disagree, and nobody means it.
const whole = text.filter((pattern) => !/(^|[^\\])(\\\\)*\\$/.test(pattern));

it('like minds the case, ilike does not', async () => {
  await fc.assert(
    fc.asyncProperty(text, whole, async (value, pattern) => {
      const it = Value(value);
      expect(await holds(it.like(pattern))).toBe(meaning(pattern, '').test(value));
      expect(await holds(it.like(Value(pattern).concat('')))).toBe(meaning(pattern, '').test(value));
      expect(await holds(it.ilike(pattern))).toBe(meaning(pattern, 'i').test(value));
    }),
    { numRuns: 400 },
  );
});

it('contains, startsWith and endsWith take plain text', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (value, part) => {
      const [it, low, small] = [Value(value), value.toLowerCase(), part.toLowerCase()];
      for (const given of [part, Value(part).concat('')]) {
        expect(await holds(it.contains(given))).toBe(low.includes(small));
        expect(await holds(it.startsWith(given))).toBe(low.startsWith(small));
        expect(await holds(it.endsWith(given))).toBe(low.endsWith(small));
      }
    }),
    { numRuns: 200 },
  );
});
