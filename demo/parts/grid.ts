/** A table of any length: only the rows in sight exist as elements, and those are used again while scrolling. */
import { cellText } from './cell.ts';
import { columnWidths } from './column-widths.ts';
import { el } from './el.ts';
import { type Cell, GridSelection, ROW_HEIGHT } from './grid-selection.ts';
import { resizeHandle } from './resize-handle.ts';
import { sortedOrder } from './sort-order.ts';
import type { Table } from './table.ts';

const SPARE = 10;
const GUTTER = 56;

export class Grid {
  readonly element: HTMLElement;
  readonly #table: Table;
  readonly #widths: number[];
  readonly #head = el('div', { class: 'grid-head', role: 'row', 'aria-rowindex': 1 });
  readonly #body = el('div', { class: 'grid-body', role: 'rowgroup' });
  readonly #detail = el('output', { class: 'grid-detail' });
  readonly #scroller: HTMLElement;
  readonly #selection: GridSelection;
  /** Row r always lives in slot r mod length: what stays in sight is not touched while scrolling. */
  readonly #slots: { readonly element: HTMLElement; row: number }[] = [];
  #order: Int32Array | null = null;
  #sorted: { readonly column: number; readonly down: boolean } | null = null;
  #frame = 0;

  constructor(table: Table, label: string) {
    this.#table = table;
    this.#widths = columnWidths(table);
    const size = { 'aria-rowcount': table.length + 1, 'aria-colcount': table.columns.length + 1 };
    const top = el('div', { role: 'rowgroup', class: 'grid-top' }, this.#head);
    this.#scroller = el('div', { class: 'grid', role: 'grid', tabindex: 0, 'aria-label': label, ...size }, top, this.#body);
    this.#selection = new GridSelection(
      this.#scroller,
      table,
      (at) => this.#rowAt(at),
      (cell) => this.#chosen(cell),
    );
    this.#body.style.height = `${table.length * ROW_HEIGHT}px`;
    this.#applyWidths();
    this.#drawHead();
    this.#scroller.addEventListener('scroll', () => this.#paintSoon(), { passive: true });
    new ResizeObserver(() => this.#paint()).observe(this.#scroller);
    this.#paint();
    this.element = el('div', { class: 'grid-frame' }, this.#scroller, this.#detail);
  }

  /** The chosen cells, or all of them, as tab-separated text. */
  text(): string {
    return this.#selection.text();
  }

  #rowAt(at: number): number {
    return this.#order?.[at] ?? at;
  }

  #applyWidths(): void {
    const { style } = this.#scroller;
    style.setProperty('--columns', `${GUTTER}px ${this.#widths.map((width) => `${width}px`).join(' ')}`);
    style.setProperty('--width', `${this.#widths.reduce((sum, width) => sum + width, GUTTER)}px`);
  }

  /** Ascending, descending, as it came. */
  #sortBy(column: number): void {
    const again = this.#sorted?.column === column;
    this.#sorted = again ? (this.#sorted?.down ? null : { column, down: true }) : { column, down: false };
    this.#order = this.#sorted && sortedOrder(this.#table, column, this.#sorted.down);
    this.#drawHead();
    this.#paint(true);
  }

  #drawHead(): void {
    const corner = el('div', { class: 'grid-cell gutter', role: 'columnheader', 'aria-colindex': 1 });
    corner.append(el('span', { class: 'hidden-visually' }, 'Row'));
    this.#head.replaceChildren(corner, ...this.#table.columns.map((_, column) => this.#headCell(column)));
  }

  #headCell(column: number): HTMLElement {
    const { name = '', kind = 'text' } = this.#table.columns[column] ?? {};
    const direction = this.#sorted?.column === column ? (this.#sorted.down ? 'descending' : 'ascending') : 'none';
    const sort = { class: 'grid-name', tabindex: -1, title: `Sort by ${name}`, onclick: () => this.#sortBy(column) };
    const edge = resizeHandle(
      () => this.#widths[column] ?? 0,
      (width) => {
        this.#widths[column] = width;
        this.#applyWidths();
      },
    );
    const role = { role: 'columnheader', 'aria-colindex': column + 2, 'aria-sort': direction };
    return el('div', { class: `grid-cell ${kind}`, ...role }, el('button', sort, name), edge);
  }

  #paintSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(all = false): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - SPARE);
    const wanted = Math.min(this.#table.length - first, Math.ceil((clientHeight || 600) / ROW_HEIGHT) + 2 * SPARE);
    while (this.#slots.length < wanted) this.#addSlot();
    const length = this.#slots.length;
    for (const [i, slot] of this.#slots.entries()) {
      const row = first + ((i - (first % length) + length) % length);
      const used = row < first + wanted;
      slot.element.hidden = !used;
      if (!used || (!all && slot.row === row)) continue;
      slot.row = row;
      this.#fill(slot.element, row);
    }
  }

  #addSlot(): void {
    const gutter = el('div', { class: 'grid-cell gutter', role: 'rowheader', 'aria-colindex': 1 });
    const cells = this.#table.columns.map(({ kind }, i) => {
      return el('div', { class: `grid-cell ${kind}`, role: 'gridcell', 'aria-colindex': i + 2 });
    });
    const element = el('div', { class: 'grid-row', role: 'row' }, gutter, ...cells);
    this.#slots.push({ element, row: -1 });
    this.#body.append(element);
  }

  #fill(element: HTMLElement, at: number): void {
    const row = this.#rowAt(at);
    element.style.transform = `translateY(${at * ROW_HEIGHT}px)`;
    element.setAttribute('aria-rowindex', String(at + 2));
    element.classList.toggle('odd', at % 2 === 1);
    const [gutter, ...cells] = element.children;
    if (gutter) gutter.textContent = String(row + 1);
    for (const [column, cell] of cells.entries()) {
      const value = this.#table.cell(row, column);
      cell.textContent = cellText(value);
      cell.classList.toggle('null', value === null || value === undefined);
      this.#selection.mark(cell, at, column);
    }
  }

  #chosen(cell: Cell | null): void {
    const column = cell && this.#table.columns[cell.column];
    this.#detail.textContent = column ? `${column.name}: ${cellText(this.#table.cell(this.#rowAt(cell.row), cell.column))}` : '';
    if (cell) this.#reveal(cell);
    this.#paint(true);
  }

  /** Scrolls so that the cell is in sight. */
  #reveal(cell: Cell): void {
    const scroller = this.#scroller;
    const top = cell.row * ROW_HEIGHT;
    const room = scroller.clientHeight - ROW_HEIGHT - 4;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + room) scroller.scrollTop = top + ROW_HEIGHT - room;
    const left = this.#widths.slice(0, cell.column).reduce((sum, width) => sum + width, 0);
    const right = left + GUTTER + (this.#widths[cell.column] ?? 0);
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (right > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = right - scroller.clientWidth;
  }
}
