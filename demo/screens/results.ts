/** What a run produced: its results as grid or tree, the SQL that ran, the plans of it. */

import type { Plan } from '../app/plans.ts';
import { knownRows } from '../app/row-counts.ts';
import type { Run, Shown } from '../app/run.ts';
import type { Logged } from '../app/session.ts';
import { count, duration, wholeText } from '../parts/cell.ts';
import { copyButton } from '../parts/copy.ts';
import { el } from '../parts/el.ts';
import { errorCard } from '../parts/error-card.ts';
import { Grid } from '../parts/grid.ts';
import { createPlan } from '../parts/plan.ts';
import { sqlText } from '../parts/sql-text.ts';
import { isSqlResult, toTable } from '../parts/table.ts';
import { createTabs, type Tab } from '../parts/tabs.ts';
import { createTree } from '../parts/tree.ts';

export interface Results {
  readonly element: HTMLElement;
  show(run: Run, log: readonly Logged[], plans: ReadonlyMap<string, Plan>): void;
}

export function createResults(): Results {
  const element = el('div', { class: 'results' }, empty());
  let selected = 'grid';
  return {
    element,
    show: (run, log, plans) => {
      const tabs: Tab[] = [
        { id: 'grid', label: 'Result', badge: badge(run.shown), make: () => shownList(run, asGrid) },
        {
          id: 'tree',
          label: 'Tree',
          make: () => shownList(run, (shown) => createTree(isSqlResult(shown.value) ? shown.value.dicts() : shown.value)),
        },
        { id: 'sql', label: 'SQL', badge: log.length ? log.length.toLocaleString('en') : undefined, make: () => sqlList(log) },
        { id: 'plan', label: 'Plan', make: () => planList(log, plans) },
      ];
      element.replaceChildren(
        createTabs('Result', tabs, run.error ? 'grid' : selected, (id) => {
          if (!run.error) selected = id;
        }),
      );
    },
  };
}

function empty(): HTMLElement {
  return el(
    'div',
    { class: 'blank' },
    el('p', {}, 'Run the code to see its rows here, the SQL it became, and how the engine goes about it.'),
  );
}

function badge(shown: readonly Shown[]): string | undefined {
  const value = shown.at(-1)?.value;
  if (isSqlResult(value)) return value.rows.length.toLocaleString('en');
  return Array.isArray(value) ? value.length.toLocaleString('en') : undefined;
}

/** The last result has the room; those shown before it are above, the small ones as a line. */
function shownList(run: Run, make: (shown: Shown) => HTMLElement): HTMLElement {
  const last = run.shown.at(-1);
  const list = el('div', { class: 'shown-list' });
  if (run.error) list.append(errorCard(run.error.value));
  const before = last && isBig(last.value) ? run.shown.slice(0, -1) : run.shown;
  for (const shown of before) list.append(isBig(shown.value) ? big(shown, make, 'shown capped') : small(shown));
  if (last && isBig(last.value)) list.append(big(last, make, 'shown'));
  if (!last && !run.error)
    list.append(
      el(
        'div',
        { class: 'blank' },
        el('p', {}, 'It ran, and there was nothing to show. End with an expression, or call show(value).'),
      ),
    );
  return list;
}

function isBig(value: unknown): boolean {
  return Array.isArray(value)
    ? value.some((part) => typeof part === 'object' && part !== null) || value.length > 12 || value.length === 0
    : isSqlResult(value) && value.columns.length > 0;
}

function small({ title, value }: Shown): HTMLElement {
  const text = Array.isArray(value)
    ? value.map(wholeText).join(', ')
    : isSqlResult(value)
      ? `${count(value.changes, 'row')} changed`
      : plainText(value);
  return el('p', { class: 'shown-line' }, title === null ? null : el('span', {}, title), el('code', {}, text));
}

function plainText(value: unknown): string {
  if (typeof value !== 'object' || value === null || value instanceof Date) return wholeText(value);
  const table = toTable(value);
  return table.columns.map(({ name }, i) => `${name}: ${wholeText(table.cell(0, i))}`).join(', ');
}

function big(shown: Shown, make: (shown: Shown) => HTMLElement, name: string): HTMLElement {
  return el('div', { class: name }, shown.title === null ? null : el('h3', {}, shown.title), make(shown));
}

function asGrid({ value, title }: Shown): HTMLElement {
  const table = toTable(value);
  if (table.length === 0) return el('div', { class: 'blank' }, el('p', {}, 'No rows.'));
  const grid = new Grid(table, title ?? 'Rows');
  const bar = el(
    'div',
    { class: 'grid-bar' },
    el('span', {}, `${count(table.length, 'row')}, ${count(table.columns.length, 'column')}`),
    copyButton('Copy', () => grid.text()),
  );
  return el('div', { class: 'grid-holder' }, grid.element, bar);
}

function sqlList(log: readonly Logged[]): HTMLElement {
  if (log.length === 0) return el('div', { class: 'blank' }, el('p', {}, 'No SQL ran.'));
  const shown = log.slice(0, 200);
  const slowest = Math.max(...log.map((entry) => entry.duration));
  const list = el(
    'ol',
    { class: 'sql-list', tabindex: 0, 'aria-label': 'Statements' },
    ...shown.map((entry) => sqlEntry(entry, slowest)),
  );
  if (log.length > shown.length)
    list.append(el('li', { class: 'muted' }, `and ${(log.length - shown.length).toLocaleString('en')} more`));
  return list;
}

function sqlEntry(entry: Logged, slowest: number): HTMLElement {
  const bar = el('i', { class: 'time-bar' });
  bar.style.width = `${Math.max(2, (entry.duration / (slowest || 1)) * 100)}%`;
  const effect = entry.error
    ? entry.error.name
    : entry.changes
      ? `${count(entry.changes, 'row')} changed`
      : count(entry.rows, 'row');
  const values = entry.params.length
    ? el('p', { class: 'params' }, el('span', {}, 'with '), entry.params.map(paramText).join(', '))
    : null;
  return el(
    'li',
    { class: entry.error ? 'failed' : '' },
    el(
      'div',
      { class: 'sql-meta' },
      el('b', {}, duration(entry.duration)),
      el('span', {}, effect),
      el('span', { class: 'time-track' }, bar),
      copyButton('', () => entry.sql),
    ),
    el('pre', {}, sqlText(entry.sql)),
    values,
  );
}

function paramText(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : wholeText(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function planList(log: readonly Logged[], plans: ReadonlyMap<string, Plan>): HTMLElement {
  if (plans.size === 0)
    return el('div', { class: 'blank' }, el('p', {}, log.length ? 'Nothing that ran has a plan.' : 'No SQL ran.'));
  const entries = [...plans].map(([sql, lines]) =>
    el('article', {}, plans.size > 1 ? el('pre', { class: 'plan-sql' }, sqlText(sql)) : null, createPlan(lines, knownRows)),
  );
  return el('div', { class: 'plan-list' }, ...entries);
}
