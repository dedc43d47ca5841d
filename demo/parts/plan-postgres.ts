/** A step of Postgres's `EXPLAIN` in a few words. */
import type { PlanStep } from 'waxwing/sqlite';
import { count } from './cell.ts';
import type { PlanCard, RowsOf, StepKind } from './plan-card.ts';

const DETAIL =
  /^(.*?)(?: using (\S+))?(?: on (\S+)(?: (\S+))?)?((?: (?:Index|Recheck|Hash|Merge) Cond| Join Filter| Filter| (?:Sort|Group) Key): .*)?$/;

/** What kinds of steps do, by how their names begin. */
const KINDS: readonly (readonly [name: RegExp, kind: StepKind, hint: string])[] = [
  [/^Seq Scan/, 'scan', 'reads every row'],
  [/^(Index|Bitmap)/, 'search', 'goes straight to the rows'],
  [/^(Incremental )?Sort/, 'sort', 'all rows first, then in order'],
  [/(Aggregate|Unique)$/, 'group', 'rows become groups'],
  [/^WindowAgg/, 'group', 'each row with those around it'],
  [/^(Hash|Materialize|Memoize)$/, 'group', 'kept in memory, to be looked up'],
  [/^(Nested Loop|Hash|Merge)\b/, 'query', 'joins what is below'],
  [/^(Insert|Update|Delete|Merge)$/, 'query', 'changes the table'],
  [/^Limit/, 'other', 'stops when there are enough'],
  [/^(Append|Merge Append)/, 'query', 'one after the other'],
  [/^(Result|Values Scan)/, 'other', 'calculates, reads nothing'],
  [/Scan$/, 'query', 'reads what another part made'],
];

export function describePostgres({ detail, rows, cost }: PlanStep, rowsOf: RowsOf): PlanCard {
  const [, verb = '', index, table, alias, rest = ''] = DETAIL.exec(detail) ?? [];
  // An index without a condition is walked from its one end to the other.
  const isWalk = /^Index/.test(verb) && !rest.includes('Index Cond');
  const [, kind = 'other', hint = ''] = KINDS.find(([name]) => name.test(verb)) ?? [];
  const whole = kind === 'scan' && table !== undefined ? rowsOf(table) : null;
  const said = isWalk ? 'walks an index in order' : whole === null ? hint : `${hint}: ${whole.toLocaleString('en')}`;
  const expected = `about ${count(rows ?? 0, 'row')}, cost ${Math.round(cost ?? 0).toLocaleString('en')}`;
  return {
    kind: isWalk ? 'scan' : kind,
    verb: verb.toUpperCase(),
    object: [table ?? index ?? '', alias === undefined ? '' : `as ${alias}`].join(' ').trim(),
    detail: [said, table === undefined || index === undefined ? '' : `by ${index}`, rest.trim()].filter(Boolean).join(' · '),
    hint: expected,
    rows: whole,
  };
}
