/** Two panes, one above the other, with a bar between them that moves by pointer or arrow keys. */
import { el } from './el.ts';

const KEY = 'waxwing-split';

export function createSplit(top: HTMLElement, bottom: HTMLElement): HTMLElement {
  const bar = el('div', {
    class: 'split-bar',
    role: 'separator',
    'aria-orientation': 'horizontal',
    'aria-label': 'Height of the code',
    tabindex: 0,
    'aria-valuemin': 15,
    'aria-valuemax': 80,
  });
  const frame = el('div', { class: 'split' }, top, bar, bottom);
  const set = (percent: number): void => {
    const limited = Math.max(15, Math.min(80, percent));
    frame.style.setProperty('--split', `${limited}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(limited)));
  };
  const now = (): number => Number(bar.getAttribute('aria-valuenow'));
  const keep = (): void => localStorage.setItem(KEY, String(now()));
  bar.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const box = frame.getBoundingClientRect();
    const move = (to: PointerEvent): void => set(((to.clientY - box.top) / box.height) * 100);
    bar.addEventListener('pointermove', move);
    bar.addEventListener(
      'lostpointercapture',
      () => {
        bar.removeEventListener('pointermove', move);
        keep();
      },
      { once: true },
    );
  });
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowUp: -4, ArrowDown: 4 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(now() + step);
    keep();
  });
  set(Number(localStorage.getItem(KEY)) || 44);
  return frame;
}
