/** The icons, drawn with one pen: 20 × 20, round ends, the colour of the text around them. */
import { svg } from './el.ts';

const PATHS = {
  query: 'M3.5 5.5 8 10l-4.5 4.5M10.5 15h6',
  schema: 'M3 3.5h6v5H3zM11 11.5h6v5h-6zM6 8.5V14h5',
  storage:
    'M3.5 5.5C3.5 4 6.5 3 10 3s6.5 1 6.5 2.5S13.5 8 10 8 3.5 7 3.5 5.5ZM3.5 5.5v9c0 1.5 3 2.5 6.5 2.5s6.5-1 6.5-2.5v-9M3.5 10c0 1.5 3 2.5 6.5 2.5s6.5-1 6.5-2.5',
  run: 'M6 3.8v12.4L16 10Z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M15.8 4.2l-1.2 1.2M5.4 14.6l-1.2 1.2',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z',
  in: 'M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3.5 13.5V17h13v-3.5',
  out: 'M10 12.3V3M6.5 6.5 10 3l3.5 3.5M3.5 13.5V17h13v-3.5',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  fit: 'M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  book: 'M4 4.5c2.5-1 4.5-.5 6 1 1.5-1.5 3.5-2 6-1v11c-2.5-1-4.5-.5-6 1-1.5-1.5-3.5-2-6-1zM10 5.5v11',
  close: 'M5 5l10 10M15 5 5 15',
  table: 'M3 4h14v12H3zM3 8.5h14M8.5 8.5V16',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName, size = 18): SVGSVGElement {
  const filled = name === 'run';
  return svg(
    'svg',
    {
      viewBox: '0 0 20 20',
      width: size,
      height: size,
      'aria-hidden': 'true',
      fill: filled ? 'currentColor' : 'none',
      stroke: 'currentColor',
      'stroke-width': 1.6,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    },
    svg('path', { d: PATHS[name] }),
  );
}
