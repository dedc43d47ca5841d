/** How the engine would run a query, as a tree: for a picture, or for a test that an index is used. */
import type { Rows } from '../wire/statement.ts';

/** One step and the steps it is made of. */
export interface PlanStep {
  /** A number that no other step of the plan has. */
  readonly id: number;
  /** The engine's own words: "SEARCH user USING INDEX user_username (username=?)". */
  readonly detail: string;
  /** What has to be done for this one, in the order of the engine; empty for a step that stands for itself. */
  readonly steps: readonly PlanStep[];
  /** What the engine expects it to cost, in units of its own; Postgres tells, SQLite does not. */
  readonly cost?: number | undefined;
  /** How many rows the engine expects, likewise. */
  readonly rows?: number | undefined;
  /** What happened when it ran: rows, and milliseconds where they were measured, each time it ran, and how often. */
  readonly actual?: { readonly rows: number; readonly loops: number; readonly ms: number | null } | undefined;
}

/** The tree that SQLite's rows of id, parent and detail describe. */
export function planOf(rows: Rows): PlanStep[] {
  const column = (name: string): ArrayLike<unknown> => rows.data[rows.names.indexOf(name)] ?? [];
  const [ids, parents, details] = [column('id'), column('parent'), column('detail')];
  const top: PlanStep[] = [];
  const children = new Map<number, PlanStep[]>([[0, top]]);
  for (let at = 0; at < rows.length; at++) {
    const id = Number(ids[at]);
    const steps: PlanStep[] = [];
    children.set(id, steps);
    (children.get(Number(parents[at])) ?? top).push({ id, detail: String(details[at]), steps });
  }
  return top;
}
