/** The edge of a column: dragging it changes the width. */
import { el } from './el.ts';

const NARROWEST = 40;

export function resizeHandle(width: () => number, setWidth: (width: number) => void): HTMLElement {
  const change = (to: number): void => setWidth(Math.max(NARROWEST, Math.round(to)));
  const handle = el('span', { class: 'grid-edge', 'aria-hidden': 'true' });
  handle.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX - width();
    handle.setPointerCapture(event.pointerId);
    const move = (to: PointerEvent): void => change(to.clientX - from);
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true });
  });
  return handle;
}
