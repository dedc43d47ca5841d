/** A sheet over the whole page, for what has to be done or said before anything else. */
import { type Child, el } from './el.ts';
import { logo } from './logo.ts';

export interface Veil {
  readonly sheet: HTMLElement;
  close(): void;
}

export function openVeil(label: string, ...children: Child[]): Veil {
  const sheet = el('div', { class: 'sheet', tabindex: -1 }, logo(), ...children);
  const veil = el('div', { class: 'veil', role: 'dialog', 'aria-modal': 'true', 'aria-label': label }, sheet);
  const before = document.activeElement;
  const behind = [...document.body.children].filter((element) => element.id === 'app');
  for (const element of behind) element.setAttribute('inert', '');
  document.body.append(veil);
  sheet.focus({ preventScroll: true });
  return {
    sheet,
    close: () => {
      veil.remove();
      if (document.querySelector('.veil')) return;
      for (const element of behind) element.removeAttribute('inert');
      // Where the keyboard was before.
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    },
  };
}
