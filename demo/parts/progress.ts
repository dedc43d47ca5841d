/** A bar that fills, with a name and a number. */
import { el } from './el.ts';

export interface Progress {
  readonly element: HTMLElement;
  set(done: number, total: number | null, text: string): void;
}

export function createProgress(label: string, tag: 'li' | 'div' = 'div'): Progress {
  const fill = el('div');
  const text = el('output');
  const bar = el(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0 },
    fill,
  );
  return {
    element: el(tag, {}, el('span', {}, label), text, bar),
    set: (done, total, words) => {
      const part = total ? Math.min(1, done / total) : 0;
      fill.style.width = `${part * 100}%`;
      bar.setAttribute('aria-valuenow', String(Math.round(part * 100)));
      text.textContent = words;
    },
  };
}
