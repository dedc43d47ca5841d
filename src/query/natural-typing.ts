/** How plain values are kept and come back as they were, when no column says it. */
import type { Typing } from './expr.ts';
import { Term } from './term.ts';

/** The typing of values of one sort: that of the first expression among them, or what the first plain one needs. */
export function naturalTyping(values: readonly unknown[]): Typing {
  const term = values.find((value) => value instanceof Term);
  if (term) return (term as Term<unknown>)['~typing'];
  const value = values.find((one) => one !== null && one !== undefined);
  if (typeof value === 'boolean') return { type: { name: 'boolean' } };
  if (typeof value === 'bigint') return { type: { name: 'bigint' } };
  return value instanceof Date ? { type: { name: 'datetime' } } : {};
}
