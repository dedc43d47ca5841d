/** The schema as a picture: tables with their columns and keys, relations as curves; moved and zoomed like a map. */
import { count } from './cell.ts';
import { el, svg } from './el.ts';
import { icon } from './icons.ts';
import { PanZoom } from './pan-zoom.ts';
import { HEAD, LINE, layOut, type PlacedTable, type SchemaColumn, type SchemaTable } from './schema-layout.ts';

const MARGIN = 28;

export function createDiagram(tables: readonly SchemaTable[], onOpen: (table: string) => void): HTMLElement {
  const narrow = matchMedia('(max-width: 760px)').matches;
  const placed = layOut(tables, narrow);
  // One below the other, the relations bend out at the right.
  const width = Math.max(200, ...placed.map((at) => at.x + at.width)) + 2 * MARGIN + (narrow ? 24 : 0);
  const height = Math.max(120, ...placed.map((at) => at.y + at.height)) + 2 * MARGIN;
  const relations = placed.flatMap((from) => from.table.columns.map((column, i) => relation(from, column, i, placed)));
  const picture = svg(
    'svg',
    { class: 'diagram', 'aria-label': `Schema of ${count(tables.length, 'table')}`, role: 'group' },
    svg('g', { transform: `translate(${MARGIN} ${MARGIN})` }, ...relations, ...placed.map((at) => card(at, onOpen))),
  );
  const view = new PanZoom(picture, width, height);
  const button = (name: 'plus' | 'minus' | 'fit', label: string, onclick: () => void): HTMLElement =>
    el('button', { class: 'button square', 'aria-label': label, title: label, onclick }, icon(name));
  const tools = el(
    'div',
    { class: 'diagram-tools' },
    button('minus', 'Zoom out', () => view.zoom(1.25)),
    button('plus', 'Zoom in', () => view.zoom(0.8)),
    button('fit', 'Fit the picture', () => view.fit()),
  );
  return el('div', { class: 'diagram-frame' }, picture, tools);
}

function card({ table, x, y, width, height }: PlacedTable, onOpen: (table: string) => void): SVGElement {
  const open = (): void => onOpen(table.name);
  const onkeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open();
    }
  };
  const title = svg(
    'g',
    { class: 'table-title', role: 'button', tabindex: 0, onkeydown },
    svg('path', { class: 'table-head', d: `M0 ${HEAD}V11Q0 0 11 0H${width - 11}Q${width} 0 ${width} 11V${HEAD}Z` }),
    svg('text', { class: 'table-name', x: 15, y: 25.5 }, table.name),
    svg('text', { class: 'table-rows', x: width - 14, y: 25.5, 'text-anchor': 'end' }, sizeOf(table)),
  );
  return svg(
    'g',
    {
      class: table.isView ? 'table-card view' : 'table-card',
      transform: `translate(${x} ${y})`,
      'data-table': table.name,
      onclick: open,
    },
    svg('rect', { class: 'table-sheet', width, height, rx: 11 }),
    title,
    ...table.columns.map((column, i) => line(column, HEAD + i * LINE, width)),
  );
}

function sizeOf({ isView, rows }: SchemaTable): string {
  const kind = isView ? 'view' : '';
  return rows === null ? kind : `${kind && `${kind}, `}${count(rows, 'row')}`;
}

function line(column: SchemaColumn, y: number, width: number): SVGElement {
  const middle = y + LINE / 2 + 6;
  const mark = column.primaryKey
    ? svg('path', { class: 'key-mark', d: `M14 ${middle - 8.5}h8v3.5h-8zM16 ${middle - 5}v6.5M16 ${middle - 1.5}h3` })
    : column.references
      ? svg('path', { class: 'link-mark', d: `M13 ${middle - 4.5}h8m-3-3 3 3-3 3` })
      : svg('circle', { class: 'dot-mark', cx: 17, cy: middle - 4.5, r: 1.8 });
  return svg(
    'g',
    {},
    mark,
    svg('text', { class: column.primaryKey ? 'column-name key' : 'column-name', x: 31, y: middle }, column.name),
    svg(
      'text',
      { class: 'column-type', x: width - 14, y: middle, 'text-anchor': 'end' },
      `${column.type.toLowerCase() || 'any'}${column.null && !column.primaryKey ? '?' : ''}`,
    ),
  );
}

function relation(from: PlacedTable, column: SchemaColumn, index: number, placed: readonly PlacedTable[]): SVGElement | null {
  const to = column.references && placed.find((other) => other.table.name === column.references?.table);
  if (!to || !column.references) return null;
  const name = column.references.column;
  const at = Math.max(
    0,
    to.table.columns.findIndex((other) => (name === null ? other.primaryKey : other.name === name)),
  );
  const y1 = from.y + HEAD + index * LINE + LINE / 2 + 2;
  const y2 = to.y + HEAD + at * LINE + LINE / 2 + 2;
  if (to === from) {
    const x = from.x + from.width;
    return edge(`M${x} ${y1}C${x + 46} ${y1} ${x + 46} ${y2} ${x + 6} ${y2}`, { x, y: y2, left: false });
  }
  const leftward = to.x < from.x;
  const x1 = leftward ? from.x : from.x + from.width;
  const sameColumn = Math.abs(to.x - from.x) < 1;
  const x2 = leftward || sameColumn ? to.x + to.width : to.x;
  const bend = sameColumn ? 60 : Math.max(40, Math.abs(x2 - x1) / 2);
  const c1 = leftward ? x1 - bend : x1 + bend;
  const c2 = leftward || sameColumn ? x2 + bend : x2 - bend;
  return edge(`M${x1} ${y1}C${c1} ${y1} ${c2} ${y2} ${x2} ${y2}`, { x: x2, y: y2, left: !leftward && !sameColumn });
}

function edge(d: string, end: { x: number; y: number; left: boolean }): SVGElement {
  return svg('g', { class: 'relation' }, svg('path', { d }), svg('circle', { cx: end.x, cy: end.y, r: 4 }));
}
