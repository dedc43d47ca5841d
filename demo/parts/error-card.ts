/** An error as a person wants to read it: its class, its message, the SQL and what is known besides. */
import { el } from './el.ts';
import { sqlText } from './sql-text.ts';

interface Details {
  readonly code?: unknown;
  readonly sql?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly columns?: readonly string[];
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function errorCard(error: unknown): HTMLElement {
  const { code, sql, constraint, table, columns } = (typeof error === 'object' && error !== null ? error : {}) as Details;
  const facts: [string, string][] = [];
  if (code !== undefined) facts.push(['code', String(code)]);
  if (constraint !== undefined) facts.push(['constraint', String(constraint)]);
  if (typeof table === 'string') facts.push(['table', table]);
  if (columns?.length) facts.push(['columns', columns.join(', ')]);
  return el(
    'div',
    { class: 'error-card', role: 'alert' },
    el('strong', {}, errorName(error)),
    el('p', {}, errorMessage(error)),
    facts.length ? el('dl', {}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])) : null,
    typeof sql === 'string' ? el('pre', {}, sqlText(sql)) : null,
  );
}
