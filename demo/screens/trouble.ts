/** What to say, and to offer, when a database cannot be opened, or shall be given up. */
import type { Where } from '../app/where.ts';
import { el } from '../parts/el.ts';
import { errorCard, errorName } from '../parts/error-card.ts';
import { openVeil } from '../parts/veil.ts';

export type Choice = 'again' | 'memory' | 'cancel';

/** Resolves with what the person chose to do. */
export function askAfterFailure(error: unknown, { place }: Where, canCancel: boolean): Promise<Choice> {
  const inUse = errorName(error) === 'DatabaseInUseError';
  const title = inUse ? 'Open in another tab' : 'The database did not open';
  const text = inUse
    ? 'Another tab of this browser has this database open, and for now one tab at a time may. Close that tab, then try again here; or work here with a fresh copy in memory, which nobody else sees and which is gone when this page closes.'
    : 'This browser would not let the data be kept there, or what is kept is not readable. Nothing was changed. Here is what it said:';
  return new Promise((resolve) => {
    const choose = (choice: Choice) => (): void => {
      veil.close();
      resolve(choice);
    };
    const veil = openVeil(
      title,
      el('h1', {}, title),
      el('p', {}, text),
      inUse ? null : errorCard(error),
      el(
        'div',
        { class: 'actions' },
        el('button', { class: 'button primary', onclick: choose('again') }, 'Try again'),
        place === 'memory' ? null : el('button', { class: 'button', onclick: choose('memory') }, 'Use a copy in memory'),
        canCancel ? el('button', { class: 'button plain', onclick: choose('cancel') }, 'Stay where I was') : null,
      ),
    );
  });
}

/** Whether the person wants the open database deleted and the sample data in its place. */
export function askToStartOver(): Promise<boolean> {
  const title = 'Start over';
  const text =
    'The open database is deleted with everything in it, and filled with the airports, flights and birds of the examples. Those of other engines and places stay.';
  return new Promise((resolve) => {
    const choose = (agreed: boolean) => (): void => {
      veil.close();
      resolve(agreed);
    };
    const actions = el(
      'div',
      { class: 'actions' },
      el('button', { class: 'button primary', onclick: choose(true) }, 'Delete and fill it anew'),
      el('button', { class: 'button plain', onclick: choose(false) }, 'Keep it'),
    );
    const veil = openVeil(title, el('h1', {}, title), el('p', {}, text), actions);
  });
}
