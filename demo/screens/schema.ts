/** The schema of whatever database is open, as a diagram. */
import { quote, readSchema } from '../app/schema.ts';
import { on } from '../app/session.ts';
import { count } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { errorCard } from '../parts/error-card.ts';
import { createDiagram } from '../parts/schema-diagram.ts';
import type { SchemaTable } from '../parts/schema-layout.ts';

const TOLD = 'As the database itself tells it.';

export interface SchemaScreen {
  readonly element: HTMLElement;
  /** Called when the screen comes into sight. */
  refresh(): Promise<void>;
}

/** `onBrowse` gets code that shows a table's rows. */
export function schemaScreen(onBrowse: (code: string) => void): SchemaScreen {
  const holder = el('div', { class: 'diagram-holder' });
  const note = el('p', {}, TOLD);
  let stale = true;
  const refresh = async (): Promise<void> => {
    if (!stale) return;
    stale = false;
    try {
      const tables = await readSchema();
      note.textContent = tables.length ? `${sizeOf(tables)}, as the database itself tells it. Choose one to see its rows.` : TOLD;
      holder.replaceChildren(
        tables.length
          ? createDiagram(tables, (table) => onBrowse(browse(table)))
          : el('p', { class: 'blank' }, 'No tables here.'),
      );
    } catch (error) {
      stale = true;
      note.textContent = 'It could not be read.';
      holder.replaceChildren(errorCard(error));
    }
  };
  const invalidate = (): void => {
    stale = true;
    if (holder.isConnected && holder.offsetParent) void refresh();
  };
  on('swapped', invalidate);
  on('changed', invalidate);
  return {
    element: el(
      'div',
      { class: 'page schema' },
      el('header', { class: 'page-head' }, el('div', {}, el('h1', {}, 'Schema'), note)),
      holder,
    ),
    refresh,
  };
}

function sizeOf(all: readonly SchemaTable[]): string {
  const tables = all.filter(({ isView }) => !isView);
  const views = all.length - tables.length;
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  return `${count(tables.length, 'table')} with ${count(rows, 'row')}${views ? `, and ${count(views, 'view')}` : ''}`;
}

function browse(table: string): string {
  const sql = JSON.stringify(`SELECT * FROM ${quote(table)} LIMIT 10000`)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('`', '\\`')
    .replaceAll('${', '\\${');
  return `await database.executeSql(\`${sql}\`);\n`;
}
