/** A result as a tree: rows with the rows joined to them inside, opened where one looks. */
import { count, wholeText } from './cell.ts';
import { el } from './el.ts';
import { fieldsOf, isModelRow } from './table.ts';

const PAGE = 100;

export function createTree(value: unknown): HTMLElement {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  return el(
    'div',
    { class: 'tree', tabindex: 0, role: 'region', 'aria-label': 'Result as a tree' },
    list(
      rows.map((row, i) => [String(i), row]),
      rows.length <= 3,
    ),
  );
}

function list(entries: readonly (readonly [string, unknown])[], open: boolean): HTMLElement {
  const items = el('ul');
  let at = 0;
  const more = (): void => {
    items.append(...entries.slice(at, at + PAGE).map(([key, value]) => item(key, value, open)));
    at += PAGE;
    if (at >= entries.length) return;
    const button = el(
      'button',
      { class: 'button', onclick: () => next() },
      `Show ${Math.min(PAGE, entries.length - at)} more of ${entries.length.toLocaleString('en')}`,
    );
    const holder = el('li', {}, button);
    const next = (): void => {
      holder.remove();
      more();
    };
    items.append(holder);
  };
  more();
  return items;
}

function item(key: string, value: unknown, open: boolean): HTMLElement {
  const name = [el('span', { class: 'key' }, key), ': '];
  const entries = entriesOf(value);
  if (!entries) return el('li', {}, ...name, scalar(value));
  const details = el('details', { open }, el('summary', {}, ...name, title(value, entries.length)));
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(list(entries, false));
  };
  details.addEventListener('toggle', fill);
  if (open) fill();
  return el('li', {}, details);
}

function entriesOf(value: unknown): (readonly [string, unknown])[] | null {
  if (Array.isArray(value)) return value.map((part, i) => [String(i), part] as const);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return null;
  return fieldsOf(value);
}

function title(value: unknown, size: number): Node {
  if (Array.isArray(value)) return el('span', { class: 'faint' }, count(size, 'value'));
  if (value !== null && typeof value === 'object' && isModelRow(value)) {
    return el(
      'span',
      {},
      el('span', { class: 'model' }, value.constructor.name),
      el('span', { class: 'faint' }, ` ${hint(value)}`),
    );
  }
  return el('span', { class: 'faint' }, wholeText(value).slice(0, 80));
}

/** The first few values of a row, to tell it from others. */
function hint(row: object): string {
  const plain = fieldsOf(row).filter(([, value]) => typeof value !== 'object' || value === null || value instanceof Date);
  return plain
    .slice(0, 3)
    .map(([, value]) => wholeText(value).slice(0, 40))
    .join(' · ');
}

function scalar(value: unknown): HTMLElement {
  if (value === null || value === undefined) return el('span', { class: 'null' }, 'null');
  if (typeof value === 'string') return el('span', { class: 'string' }, JSON.stringify(value));
  return el('span', { class: typeof value === 'number' || typeof value === 'bigint' ? 'number' : 'string' }, wholeText(value));
}
