/** like, ilike, contains, startsWith and endsWith, against what they say in plain JavaScript. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/query/executor.ts';
import type { Expr } from '../../src/query/expr.ts';
import { select } from '../../src/query/select.ts';
import { Value } from '../../src/query/value.ts';
import { bothEngines } from './both.ts';

const engines = await bothEngines();
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

async function holds(on: Executor, ...conditions: Expr<boolean>[]): Promise<unknown> {
  const [row] = await select(...conditions)
    .bind(on)
    .tuples();
  return row;
}

// A backslash at the very end escapes nothing; engines disagree, and nobody means it.
const whole = text.filter((pattern) => !/(^|[^\\])(\\\\)*\\$/.test(pattern));

describe.each(engines)('on %s', (_, on) => {
  it('like minds the case, ilike does not', async () => {
    await fc.assert(
      fc.asyncProperty(text, whole, async (value, pattern) => {
        const it = Value(value);
        const [minding, ignoring] = [meaning(pattern, '').test(value), meaning(pattern, 'i').test(value)];
        const dynamic = it.like(Value(pattern).concat(''));
        expect(await holds(on, it.like(pattern), dynamic, it.ilike(pattern))).toEqual([minding, minding, ignoring]);
      }),
      { numRuns: 400, examples: [[']', '\\]']] },
    );
  });

  it('contains, startsWith and endsWith take plain text', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (value, part) => {
        const [it, low, small] = [Value(value), value.toLowerCase(), part.toLowerCase()];
        const expected = [low.includes(small), low.startsWith(small), low.endsWith(small)];
        for (const given of [part, Value(part).concat('')])
          expect(await holds(on, it.contains(given), it.startsWith(given), it.endsWith(given))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
