/** What one step of a plan is on its card. */

export type StepKind = 'scan' | 'search' | 'sort' | 'group' | 'query' | 'other';

/** What a card says. */
export interface PlanCard {
  readonly kind: StepKind;
  readonly verb: string;
  /** The table, index or purpose. */
  readonly object: string;
  readonly detail: string;
  readonly hint: string;
  /** Rows of the table that is read whole, where it is known. */
  readonly rows: number | null;
}

/** How many rows a table has, where that is known. */
export type RowsOf = (table: string) => number | null;
