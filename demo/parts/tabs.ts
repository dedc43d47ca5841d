/** A row of tabs, each with the panel it shows; panels are made when they are first looked at. */
import { type Child, el } from './el.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** A number or a word beside the name. */
  readonly badge?: string | undefined;
  make(): Child;
}

export function createTabs(label: string, tabs: readonly Tab[], selected: string, onSelect: (id: string) => void): HTMLElement {
  const panel = el('div', { class: 'tab-panel', role: 'tabpanel', id: 'tab-panel' });
  const made = new Map<string, HTMLElement>();
  const buttons = tabs.map((tab) =>
    el(
      'button',
      {
        class: 'tab',
        role: 'tab',
        id: `tab-${tab.id}`,
        'aria-controls': 'tab-panel',
        'data-tab': tab.id,
        onclick: () => select(tab.id),
      },
      tab.label,
      tab.badge ? el('span', { class: 'badge' }, tab.badge) : null,
    ),
  );
  const select = (id: string): void => {
    const tab = tabs.find((other) => other.id === id) ?? tabs[0];
    if (!tab) return;
    for (const button of buttons) {
      const on = button.dataset['tab'] === tab.id;
      button.setAttribute('aria-selected', String(on));
      button.tabIndex = on ? 0 : -1;
    }
    if (!made.has(tab.id)) made.set(tab.id, el('div', { class: 'tab-body' }, tab.make()));
    panel.setAttribute('aria-labelledby', `tab-${tab.id}`);
    panel.replaceChildren(made.get(tab.id) ?? '');
    onSelect(tab.id);
  };
  const onkeydown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.findIndex((button) => button.getAttribute('aria-selected') === 'true');
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next?.focus();
    next?.click();
  };
  select(selected);
  return el(
    'div',
    { class: 'tabs' },
    el('div', { class: 'tab-row', role: 'tablist', 'aria-label': label, onkeydown }, ...buttons),
    panel,
  );
}
