/** Where the data is, how safe it is, and its way out to a file and back in. */
import { database, postgres } from '../app/database.ts';
import { type FileKind, fileKinds } from '../app/files.ts';
import { on } from '../app/session.ts';
import type { Where } from '../app/where.ts';
import { el } from '../parts/el.ts';
import { icon } from '../parts/icons.ts';
import { durabilityCard } from './storage-durability.ts';
import { placeCard } from './storage-place.ts';

export interface StorageActions {
  swap(where: Partial<Where>): void;
  importFile(file: File): void;
  exportFile(kind: FileKind): void;
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

const FILES = {
  sqlite: {
    types: '.db,.sqlite,.sqlite3,application/vnd.sqlite3',
    text: 'A standard SQLite file: what you take out here, the sqlite3 shell reads, and the other way round.',
  },
  postgresql: {
    types: '.sql,.tar,.gz,.tgz,application/sql,application/gzip,application/x-tar',
    text: 'As SQL, which psql loads and pg_dump writes; or the whole cluster in one file, for another browser.',
  },
} as const;

function fileCard(actions: StorageActions): HTMLElement {
  const picker = el('input', { type: 'file', hidden: true, 'aria-label': 'Database file' });
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    if (file) actions.importFile(file);
    picker.value = '';
  });
  const text = el('p', { class: 'small muted' });
  const buttons = el('div', { class: 'actions' });
  const take = el('button', { class: 'button', onclick: () => picker.click() }, icon('in', 16), 'Import a file');
  on('swapped', () => {
    const { types, text: about } = FILES[postgres() ? 'postgresql' : 'sqlite'];
    picker.accept = types;
    text.textContent = `${about} A file is checked before it replaces anything; you can drop one anywhere on this page.`;
    const out = fileKinds().map((kind) =>
      el('button', { class: 'button', onclick: () => actions.exportFile(kind) }, icon('out', 16), kind.label),
    );
    buttons.replaceChildren(...out, take, picker);
  });
  return el('section', { class: 'card' }, el('h2', {}, 'As a file'), text, buttons);
}
