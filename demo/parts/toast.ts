/** A short notice at the bottom of the page that goes away by itself. */
import { el } from './el.ts';

let current: { readonly element: HTMLElement; readonly timer: ReturnType<typeof setTimeout> } | null = null;

export function toast(text: string, bad = false): void {
  if (current) {
    clearTimeout(current.timer);
    current.element.remove();
  }
  const element = el('div', { class: bad ? 'toast bad' : 'toast', role: bad ? 'alert' : 'status' }, text);
  document.body.append(element);
  current = { element, timer: setTimeout(() => element.remove(), bad ? 9000 : 3500) };
}
