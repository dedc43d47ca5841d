/** Where the data is, how safe it is, and its way out to a file and back in. */
import { database } from '../app/database.ts';
import { FILE_KINDS, type FileKind } from '../app/files.ts';
import { currentWhere, on } from '../app/session.ts';
import type { System, Where } from '../app/where.ts';
import { el } from '../parts/el.ts';
import { icon } from '../parts/icons.ts';
import { durabilityCard } from './storage-durability.ts';
import { placeCard } from './storage-place.ts';

export interface StorageActions {
  swap(where: Partial<Where>): void;
  importFile(file: File): void;
  exportFile(kind: FileKind): void;
  startOver(): void;
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

const TYPES =
  '.db,.bdb,.sqlite,.sqlite3,.sql,.tar,.gz,.tgz,application/vnd.sqlite3,application/sql,application/gzip,application/x-tar';

const MEANINGS: Readonly<Record<System, string>> = {
  sqlite:
    'A standard SQLite file: what you take out here, the sqlite3 shell reads, and the other way round. Or the same tables as a file of Berkeley DB SQL.',
  postgresql: 'As SQL, which psql loads and pg_dump writes; or the whole cluster in one file, for another browser.',
  berkeley:
    'A genuine Berkeley DB file: what you take out here, db5.3_sql reads and writes, and the other way round. Or the same tables as a SQLite file.',
};

function fileCard({ importFile, exportFile, startOver }: StorageActions): HTMLElement {
  const picker = el('input', { type: 'file', hidden: true, accept: TYPES, 'aria-label': 'Database file' });
  picker.addEventListener('change', () => {
    const file = picker.files?.[0];
    if (file) importFile(file);
    picker.value = '';
  });
  const text = el('p', { class: 'small muted' });
  const out = el('div', { class: 'actions' });
  const take = el('button', { class: 'button', onclick: () => picker.click() }, icon('in', 16), 'Import a file');
  const anew = el('button', { class: 'button', onclick: startOver }, 'Start over');
  on('swapped', () => {
    const { system } = currentWhere();
    text.textContent = MEANINGS[system];
    const buttons = FILE_KINDS[system].map((kind) =>
      el('button', { class: 'button', onclick: () => exportFile(kind) }, icon('out', 16), kind.label),
    );
    out.replaceChildren(...buttons);
  });
  const about =
    'A file of any of the three engines opens in its own; drop one anywhere on this page. It is checked before it replaces anything.';
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Out to a file'),
    text,
    out,
    el('h2', {}, 'In from a file'),
    el('p', { class: 'small muted' }, about),
    el('div', { class: 'actions' }, take, picker, anew),
  );
}
