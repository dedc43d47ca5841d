/** Parts of dates and times, the same from both engines as JavaScript has them in UTC. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatePart, Expression } from '../../src/ast/expression.ts';
import type { ColumnType } from '../../src/ast/type.ts';
import { select } from '../../src/query/select.ts';
import { Term } from '../../src/query/term.ts';
import { bothEngines } from './both.ts';

const PARTS: readonly DatePart[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** One part of a Date. */
function partOf(date: Date, part: DatePart): number {
  const all = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return [...all, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()][PARTS.indexOf(part)] as number;
}

/** The Date with what is below a part at its start. */
function startOf(date: Date, part: DatePart): Date {
  const kept = PARTS.slice(0, PARTS.indexOf(part) + 1).map((one) => partOf(date, one));
  const start = new Date(0);
  start.setUTCFullYear(kept[0] as number, (kept[1] ?? 1) - 1, kept[2] ?? 1);
  start.setUTCHours(kept[3] ?? 0, kept[4] ?? 0, kept[5] ?? 0);
  return start;
}

function term(kind: 'datePart' | 'truncate', part: DatePart, value: unknown, type: ColumnType): Term<unknown> {
  const operand: Expression = { kind: 'value', value, type };
  return new Term<unknown>({ kind, part, operand, type }, { type: kind === 'truncate' ? type : { name: 'integer' } });
}

const dates = fc.date({ min: new Date(Date.UTC(1800, 0)), max: new Date(Date.UTC(9999, 11, 31)), noInvalidDate: true });
const two = (n: number): string => String(n).padStart(2, '0');

describe.each(await bothEngines())('on %s', (engine, on) => {
  it.each([
    { name: 'datetime' },
    { name: 'datetimetz' },
    { name: 'timestamp', resolution: 1000 },
    { name: 'timestamp' },
  ] as const)('a $name has the parts that the Date has', async (type) => {
    await fc.assert(
      fc.asyncProperty(dates, async (date) => {
        const parts = PARTS.map((part) => term('datePart', part, date, type));
        const starts = PARTS.map((part) => term('truncate', part, date, type));
        const [row] = await select(...parts, ...starts)
          .bind(on)
          .tuples();
        expect(row).toEqual([...PARTS.map((part) => partOf(date, part)), ...PARTS.map((part) => startOf(date, part))]);
      }),
      { numRuns: 60, examples: [[new Date(-1)], [new Date(Date.UTC(2024, 1, 29, 23, 59, 59, 999))]] },
    );
  });

  it('dates and times of day have those they have', async () => {
    const [day, time] = [{ name: 'date' }, { name: 'time' }] as const;
    await fc.assert(
      fc.asyncProperty(dates, async (date) => {
        const [y, m, d, h, i, s] = PARTS.map((part) => partOf(date, part)) as [number, number, number, number, number, number];
        const ymd = `${y}-${two(m)}-${two(d)}`;
        const hms = `${two(h)}:${two(i)}:${two(s)}.999999`;
        const terms = [
          ...(['year', 'month', 'day'] as const).map((part) => term('datePart', part, ymd, day)),
          ...(['hour', 'minute', 'second'] as const).map((part) => term('datePart', part, hms, time)),
          ...(['year', 'month', 'day'] as const).map((part) => term('truncate', part, ymd, day)),
          ...(['hour', 'minute', 'second'] as const).map((part) => term('truncate', part, hms, time)),
        ];
        const [row] = await select(...terms)
          .bind(on)
          .tuples();
        const days = [`${y}-01-01`, `${y}-${two(m)}-01`, ymd];
        const times = [`${two(h)}:00:00`, `${two(h)}:${two(i)}:00`, `${two(h)}:${two(i)}:${two(s)}`];
        expect(row).toEqual([y, m, d, h, i, s, ...days, ...times]);
      }),
      { numRuns: 40 },
    );
  });

  if (engine === 'Postgres') {
    it('whatever the time zone of the session', async () => {
      await on.run({ statements: [on.dialect.raw("SET timezone = 'America/New_York'", [])] });
      const at = new Date(Date.UTC(2026, 6, 1, 2, 30));
      for (const type of [{ name: 'datetime' }, { name: 'datetimetz' }, { name: 'timestamp' }] as const) {
        const [row] = await select(term('datePart', 'hour', at, type), term('truncate', 'day', at, type))
          .bind(on)
          .tuples();
        expect(row).toEqual([2, new Date(Date.UTC(2026, 6, 1))]);
      }
      const [[day]] = (await select(term('truncate', 'month', '2026-07-15', { name: 'date' }))
        .bind(on)
        .tuples()) as [[string]];
      expect(day).toBe('2026-07-01');
      await on.run({ statements: [on.dialect.raw('SET timezone = UTC', [])] });
    });
  }
});
