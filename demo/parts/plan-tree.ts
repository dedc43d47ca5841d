/** The plan an engine tells, as a tree of cards with what each step costs. */
import type { PlanStep } from 'waxwing/sqlite';
import type { PlanCard, RowsOf } from './plan-card.ts';
import { describePostgres } from './plan-postgres.ts';
import { describeSqlite } from './plan-sqlite.ts';

export interface CardTree extends PlanCard {
  readonly children: readonly CardTree[];
}

/** Postgres says what a step will cost, SQLite does not. */
export function planTree(steps: readonly PlanStep[], rowsOf: RowsOf): CardTree[] {
  return steps.map((step) => ({
    ...(step.cost === undefined ? describeSqlite(step.detail, rowsOf) : describePostgres(step, rowsOf)),
    children: planTree(step.steps, rowsOf),
  }));
}
