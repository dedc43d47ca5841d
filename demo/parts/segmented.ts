/** A few choices in one row, one of them taken; a radio group to keyboards and screen readers. Arrows go along it and take nothing. */
import { el } from './el.ts';

export interface Choice<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly title?: string;
}

export interface Segmented<V extends string> {
  readonly element: HTMLElement;
  set(value: V): void;
  disable(disabled: boolean): void;
}

export function segmented<V extends string>(
  label: string,
  choices: readonly Choice<V>[],
  value: V,
  onChoose: (value: V) => void,
): Segmented<V> {
  let taken = value;
  const buttons = choices.map((choice) =>
    el(
      'button',
      { type: 'button', role: 'radio', 'data-value': choice.value, title: choice.title, onclick: () => choose(choice.value) },
      choice.label,
    ),
  );
  const draw = (): void => {
    for (const button of buttons) {
      const on = button.dataset['value'] === taken;
      button.setAttribute('aria-checked', String(on));
      button.tabIndex = on ? 0 : -1;
    }
  };
  const choose = (next: V): void => {
    if (next === taken) return;
    onChoose(next);
  };
  const onkeydown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    // Space and Enter take one: another engine may have to be downloaded first, so none is taken in passing.
    const at = buttons.findIndex((button) => button === event.target);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  draw();
  return {
    element: el('div', { class: 'segmented', role: 'radiogroup', 'aria-label': label, onkeydown }, ...buttons),
    set: (next) => {
      taken = next;
      draw();
    },
    disable: (disabled) => buttons.forEach((button) => (button.disabled = disabled)),
  };
}
