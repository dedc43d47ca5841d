/** The plans of statements that ran, for pictures of them. */
import type { PlanStep } from 'waxwing/sqlite';
import { database } from './database.ts';
import type { Logged } from './session.ts';

export type Plan = readonly PlanStep[];

const EXPLAINED = /^\s*(select|with|update|delete|insert|values)\b/i;
const MOST = 12;

/** By SQL: the plans of the first different statements that have one. */
export async function plansOf(entries: readonly Logged[]): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const { sql, params } of entries) {
    if (plans.size >= MOST || plans.has(sql) || !EXPLAINED.test(sql)) continue;
    try {
      const plan = await database.explain(sql, params);
      if (plan.length) plans.set(sql, plan);
    } catch {
      // A statement that failed, or whose table is gone by now, has no plan.
    }
  }
  return plans;
}
