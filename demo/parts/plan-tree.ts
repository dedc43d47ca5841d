/** What `EXPLAIN QUERY PLAN` says, as a tree of steps with what each costs. */

export interface PlanLine {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

export type StepKind = 'scan' | 'search' | 'sort' | 'group' | 'query' | 'other';

export interface PlanStep {
  readonly kind: StepKind;
  readonly verb: string;
  /** The table, index or purpose. */
  readonly object: string;
  readonly detail: string;
  readonly hint: string;
  /** Rows of the table that is read whole, where it is known. */
  readonly rows: number | null;
  readonly children: readonly PlanStep[];
}

export function planTree(lines: readonly PlanLine[], rowsOf: (table: string) => number | null): PlanStep[] {
  const under = (parent: number): PlanStep[] =>
    lines
      .filter((line) => line.parent === parent && line.id !== parent)
      .map((line) => ({ ...step(line.detail, rowsOf), children: under(line.id) }));
  return under(0);
}

function step(detail: string, rowsOf: (table: string) => number | null): Omit<PlanStep, 'children'> {
  const read = /^(SCAN|SEARCH) (?:TABLE )?("[^"]+"|\S+)(?: AS (\S+))?\s*(.*)$/.exec(detail);
  if (read) {
    const [, verb = '', table = '', , rest = ''] = read;
    const object = table.replaceAll('"', '');
    const rows = rowsOf(object);
    if (verb === 'SEARCH')
      return {
        kind: 'search',
        verb,
        object,
        detail: rest.replace(/^USING /, 'by '),
        hint: 'goes straight to the rows',
        rows: null,
      };
    const whole = /COVERING INDEX|INDEX/.test(rest) ? 'walks an index in order' : 'reads every row';
    return {
      kind: 'scan',
      verb,
      object,
      detail: rest.replace(/^USING /, 'by '),
      hint: rows === null ? whole : `${whole}: ${rows.toLocaleString('en')}`,
      rows,
    };
  }
  const sort = /^USE TEMP B-TREE FOR (.*)$/.exec(detail);
  if (sort) {
    const what = sort[1] ?? '';
    const kind = what.includes('ORDER') ? 'sort' : 'group';
    return {
      kind,
      verb: kind === 'sort' ? 'SORT' : 'COLLECT',
      object: what,
      detail: 'in a temporary tree',
      hint: 'all rows first, then in order',
      rows: null,
    };
  }
  const [verb = '', ...rest] = detail.split(' ');
  const kind = /^(CO-ROUTINE|MATERIALIZE|SCALAR|CORRELATED|LIST|COMPOUND|UNION|MERGE|LEFT|RIGHT|MULTI-INDEX|INDEX)/.test(detail)
    ? 'query'
    : 'other';
  return { kind, verb, object: rest.join(' '), detail: '', hint: '', rows: null };
}
