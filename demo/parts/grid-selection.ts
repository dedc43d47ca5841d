/** The chosen cells of a grid: moved by keys, drawn by mouse, copied as text. */
import { wholeText } from './cell.ts';
import type { Table } from './table.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Pixels. */
export const ROW_HEIGHT = 29;
const MOST_COPIED = 200_000;

export class GridSelection {
  #from: Cell | null = null;
  #to: Cell | null = null;
  readonly #scroller: HTMLElement;
  readonly #table: Table;
  readonly #rowOf: (at: number) => number;
  readonly #onChange: (cell: Cell | null) => void;

  constructor(scroller: HTMLElement, table: Table, rowOf: (at: number) => number, onChange: (cell: Cell | null) => void) {
    this.#scroller = scroller;
    this.#table = table;
    this.#rowOf = rowOf;
    this.#onChange = onChange;
    scroller.addEventListener('keydown', (event) => this.#key(event));
    scroller.addEventListener('pointerdown', (event) => {
      const cell = this.#cellAt(event);
      if (cell && event.button === 0) this.#choose(cell, event.shiftKey);
    });
    scroller.addEventListener('pointermove', (event) => {
      const cell = event.pointerType === 'mouse' && event.buttons === 1 ? this.#cellAt(event) : null;
      if (cell && this.#from) this.#choose(cell, true);
    });
    scroller.addEventListener('copy', (event) => {
      event.clipboardData?.setData('text/plain', this.text());
      event.preventDefault();
    });
  }

  /** Gives a cell's element the look of being chosen, or takes it away. */
  mark(element: Element, row: number, column: number): void {
    const active = this.#to?.row === row && this.#to.column === column;
    element.classList.toggle('chosen', this.#has(row, column));
    element.classList.toggle('active', active);
    if (active) {
      element.id = 'grid-active-cell';
      this.#scroller.setAttribute('aria-activedescendant', 'grid-active-cell');
    } else if (element.id) element.removeAttribute('id');
  }

  text(): string {
    const { from, to } = this.#area();
    const columns = this.#table.columns.slice(from.column, to.column + 1);
    const lines: string[] = [];
    // One chosen cell is copied as it is; more of them with the names of their columns.
    if (this.#from === null || from.row !== to.row || from.column !== to.column)
      lines.push(columns.map((column) => column.name).join('\t'));
    for (let row = from.row; row <= Math.min(to.row, from.row + MOST_COPIED); row++) {
      lines.push(
        columns
          .map((_, i) => wholeText(this.#table.cell(this.#rowOf(row), from.column + i)).replace(/[\t\n\r]+/g, ' '))
          .join('\t'),
      );
    }
    return lines.join('\n');
  }

  #area(): { from: Cell; to: Cell } {
    const last = { row: this.#table.length - 1, column: this.#table.columns.length - 1 };
    const a = this.#from ?? { row: 0, column: 0 };
    const b = this.#to ?? last;
    return {
      from: { row: Math.min(a.row, b.row), column: Math.min(a.column, b.column) },
      to: { row: Math.max(a.row, b.row), column: Math.max(a.column, b.column) },
    };
  }

  #has(row: number, column: number): boolean {
    if (!this.#from) return false;
    const { from, to } = this.#area();
    return row >= from.row && row <= to.row && column >= from.column && column <= to.column;
  }

  #choose(cell: Cell, keepStart: boolean): void {
    if (!keepStart || !this.#from) this.#from = cell;
    this.#to = cell;
    this.#onChange(cell);
  }

  #cellAt(event: Event): Cell | null {
    const cell = (event.target as Element).closest('.grid-row > .grid-cell:not(.gutter)');
    const row = cell?.parentElement;
    if (!cell || !row) return null;
    return { row: Number(row.getAttribute('aria-rowindex')) - 2, column: Number(cell.getAttribute('aria-colindex')) - 2 };
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.#from) {
      this.#from = this.#to = null;
      this.#scroller.removeAttribute('aria-activedescendant');
      this.#onChange(null);
      return;
    }
    const whole = event.ctrlKey || event.metaKey;
    if (whole && event.key === 'a') {
      this.#from = { row: 0, column: 0 };
      this.#to = { row: this.#table.length - 1, column: this.#table.columns.length - 1 };
      event.preventDefault();
      this.#onChange(null);
      return;
    }
    const to = this.#next(event.key, whole);
    if (!to || this.#table.length === 0) return;
    event.preventDefault();
    this.#choose(to, event.shiftKey);
  }

  #next(key: string, whole: boolean): Cell | null {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 2);
    const last = { row: this.#table.length - 1, column: this.#table.columns.length - 1 };
    const at = this.#to ?? { row: key === 'ArrowDown' ? -1 : 0, column: 0 };
    const steps: Record<string, Cell> = {
      ArrowDown: { row: whole ? last.row : at.row + 1, column: at.column },
      ArrowUp: { row: whole ? 0 : at.row - 1, column: at.column },
      ArrowRight: { row: at.row, column: whole ? last.column : at.column + 1 },
      ArrowLeft: { row: at.row, column: whole ? 0 : at.column - 1 },
      PageDown: { row: at.row + page, column: at.column },
      PageUp: { row: at.row - page, column: at.column },
      Home: { row: whole ? 0 : at.row, column: 0 },
      End: { row: whole ? last.row : at.row, column: last.column },
    };
    const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
    return to ? { row: clamp(to.row, last.row), column: clamp(to.column, last.column) } : null;
  }
}

const clamp = (value: number, last: number): number => Math.max(0, Math.min(last, value));
