/** How wide a grid's columns start: as wide as their names and a sample of their values, within reason. */
import { cellText } from './cell.ts';
import type { Table } from './table.ts';

const SAMPLE = 120;
const PADDING = 26;

export function columnWidths(table: Table): number[] {
  const pen = document.createElement('canvas').getContext('2d');
  const measure = (font: string, text: string): number => {
    if (!pen) return text.length * 7.5;
    if (pen.font !== font) pen.font = font;
    return pen.measureText(text).width;
  };
  const step = Math.max(1, Math.floor(table.length / SAMPLE));
  return table.columns.map((column, i) => {
    let widest = measure('600 12.5px system-ui, sans-serif', column.name) + 14;
    for (let row = 0; row < table.length; row += step) {
      widest = Math.max(widest, measure('13px system-ui, sans-serif', cellText(table.cell(row, i)).slice(0, 60)));
    }
    return Math.round(Math.min(340, Math.max(58, widest + PADDING)));
  });
}
