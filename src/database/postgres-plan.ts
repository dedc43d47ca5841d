/** How Postgres would run a query, as the same tree of steps that SQLite's plans are. */
import type { Rows } from '../wire/statement.ts';
import type { PlanStep } from './plan.ts';

/** A step as EXPLAIN (FORMAT JSON) tells it (Postgres manual, §14.1). */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Plan Rows'?: number;
  readonly 'Total Cost'?: number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Actual Total Time'?: number;
  readonly Plans?: readonly Plan[];
  readonly [property: string]: unknown;
}

/** What narrows a step down, in the order in which it is said. */
const CONDITIONS = ['Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Filter', 'Sort Key', 'Group Key'];

/** As Postgres's own text calls them. */
const AGGREGATES: Readonly<Record<string, string>> = { Hashed: 'Hash', Sorted: 'Group', Mixed: 'Mixed' };

/** The tree of the one value that EXPLAIN answers. */
export function postgresPlan(rows: Rows): PlanStep[] {
  const value: unknown = rows.data[0]?.[0];
  const told = (typeof value === 'string' ? JSON.parse(value) : value) as readonly { readonly Plan: Plan }[];
  let last = 0;
  const step = (plan: Plan): PlanStep => ({
    id: ++last,
    detail: detailOf(plan),
    cost: plan['Total Cost'],
    rows: plan['Plan Rows'],
    actual: actualOf(plan),
    steps: (plan.Plans ?? []).map(step),
  });
  return told.map(({ Plan }) => step(Plan));
}

function detailOf(plan: Plan): string {
  const said = (name: string, before: string): string => (plan[name] === undefined ? '' : `${before}${textOf(plan[name])}`);
  const relation = said('Relation Name', ' on ') || said('CTE Name', ' on ') || said('Function Name', ' on ');
  const alias = plan['Alias'] === plan['Relation Name'] ? '' : said('Alias', ' ');
  const conditions = CONDITIONS.map((name) => said(name, ` ${name}: `)).join('');
  return `${kindOf(plan)}${said('Index Name', ' using ')}${relation}${alias}${conditions}`;
}

function kindOf(plan: Plan): string {
  const type = plan['Node Type'];
  if (type === 'ModifyTable') return String(plan['Operation']);
  if (type === 'Aggregate') return `${AGGREGATES[String(plan['Strategy'])] ?? ''}${type}`;
  const join = plan['Join Type'];
  return join === undefined || join === 'Inner' ? type : `${type} ${String(join)}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function actualOf(plan: Plan): PlanStep['actual'] {
  const loops = plan['Actual Loops'];
  if (loops === undefined) return undefined;
  return { rows: plan['Actual Rows'] ?? 0, loops, ms: plan['Actual Total Time'] ?? null };
}
