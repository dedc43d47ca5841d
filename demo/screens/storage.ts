/** Where the data is, how safe it is, and its way out to a file and back in. */
import { database } from '../app/database.ts';
import { on, type Place } from '../app/session.ts';
import { el } from '../parts/el.ts';
import { icon } from '../parts/icons.ts';
import { durabilityCard } from './storage-durability.ts';
import { placeCard } from './storage-place.ts';

export interface StorageActions {
  swap(place: Place): void;
  importFile(file: File): void;
  exportFile(): void;
}

export function storageScreen(actions: StorageActions): HTMLElement {
  const cards = [placeCard(actions.swap), durabilityCard()];
  let stop = (): void => {};
  on('swapped', () => {
    stop();
    stop = database.storage.subscribe((state) => {
      for (const card of cards) card.draw(state);
    });
  });
  const head = el(
    'div',
    {},
    el('h1', {}, 'Storage'),
    el('p', {}, 'The whole database lives in this browser. Nothing is sent anywhere.'),
  );
  const list = el('div', { class: 'storage-cards' }, ...cards.map(({ element }) => element), fileCard(actions));
  return el('div', { class: 'page storage' }, el('header', { class: 'page-head' }, head), list);
}

function fileCard(actions: StorageActions): HTMLElement {
  const types = '.db,.sqlite,.sqlite3,application/vnd.sqlite3';
  const picker = el('input', { type: 'file', hidden: true, accept: types, 'aria-label': 'Database file' });
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    if (file) actions.importFile(file);
    picker.value = '';
  });
  const text = `A standard SQLite file: what you take out here, the sqlite3 shell reads, and the other way round. \
A file is checked before it replaces anything; you can drop one anywhere on this page.`;
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'As a file'),
    el('p', { class: 'small muted' }, text),
    el(
      'div',
      { class: 'actions' },
      el('button', { class: 'button', onclick: () => actions.exportFile() }, icon('out', 16), 'Export'),
      el('button', { class: 'button', onclick: () => picker.click() }, icon('in', 16), 'Import a file'),
      picker,
    ),
  );
}
