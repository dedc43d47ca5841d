/** Light or dark: as the system says, until the person chooses. */
import { el } from './el.ts';
import { icon } from './icons.ts';

type Theme = 'light' | 'dark';
const KEY = 'waxwing-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function chosen(): Theme | null {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

const current = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');

export function startTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = current();
  };
  system.addEventListener('change', apply);
  apply();
}

export function themeButton(): HTMLElement {
  const button = el('button', { class: 'button plain square' });
  const draw = (): void => {
    const other = current() === 'dark' ? 'light' : 'dark';
    button.setAttribute('aria-label', `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    button.replaceChildren(icon(current() === 'dark' ? 'sun' : 'moon'));
  };
  button.addEventListener('click', () => {
    localStorage.setItem(KEY, current() === 'dark' ? 'light' : 'dark');
    document.documentElement.dataset['theme'] = current();
    draw();
  });
  system.addEventListener('change', draw);
  draw();
  return button;
}
