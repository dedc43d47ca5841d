/** Which engine runs, where the data is kept, how much it is, and the switch to elsewhere. */
import { database } from '../app/database.ts';
import { currentWhere, type StorageState } from '../app/session.ts';
import { PLACES, type Place, SYSTEMS, type System, type Where } from '../app/where.ts';
import { bytesCount, count } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { segmented } from '../parts/segmented.ts';
import type { StateCard } from './state-card.ts';

const MEANINGS: Readonly<Record<Place, string>> = {
  indexeddb: 'A log of changed pages in IndexedDB. Works everywhere.',
  opfs: 'Real files in the browser’s private file system.',
  memory: 'Nothing is kept. For trying things out.',
};

/** What can be said of the stored bytes themselves. */
const WHOLE: Readonly<Record<System, string>> = {
  sqlite: '',
  postgresql: '',
  berkeley: 'What is stored is a genuine Berkeley DB file after every commit.',
};

const STORED_AS: Readonly<Record<System, string>> = {
  sqlite: 'SQLite file',
  postgresql: 'Postgres cluster',
  berkeley: 'Berkeley DB file',
};

export function placeCard(onSwap: (where: Partial<Where>) => void): StateCard {
  const systems = segmented('Engine', SYSTEMS, currentWhere().system, (system) => onSwap({ system }));
  const places = segmented('Where the data is kept', PLACES, currentWhere().place, (place) => onSwap({ place }));
  const meaning = el('p', { class: 'small muted' });
  const facts = el('dl', { class: 'facts' });
  const fill = el('div');
  const meter = el(
    'div',
    { class: 'progress', role: 'meter', 'aria-label': 'Part of the quota used', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    fill,
  );
  return {
    element: el(
      'section',
      { class: 'card' },
      el('h2', {}, 'Engine'),
      systems.element,
      el('h2', {}, 'Kept in'),
      places.element,
      meaning,
      facts,
      meter,
    ),
    draw: (state) => {
      const { system, place } = currentWhere();
      systems.set(system);
      places.set(place);
      meaning.textContent = place === 'memory' ? MEANINGS[place] : `${MEANINGS[place]} ${WHOLE[system]}`.trim();
      const used = state.quota ? Math.min(100, (state.bytes / state.quota) * 100) : 0;
      meter.setAttribute('aria-valuenow', String(Math.round(used)));
      fill.style.width = `${Math.max(used, state.bytes ? 0.6 : 0)}%`;
      facts.replaceChildren(...factsOf(state).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
    },
  };
}

function factsOf(state: StorageState): [string, string][] {
  const { system } = currentWhere();
  return [
    ['Engine', `${system === 'postgresql' ? 'Postgres' : 'SQLite'} ${database.serverVersion ?? ''}`],
    ['Stored as', state.backend === 'memory' ? 'nothing' : STORED_AS[system]],
    ...(state.pageSize === undefined ? [] : [['Page size', `${state.pageSize.toLocaleString('en')} bytes`] as [string, string]]),
    ['Backend', PLACES.find(({ value }) => value === state.backend)?.label ?? state.backend],
    ['Size', bytesCount(state.bytes)],
    ['Quota', state.quota === null ? 'not told' : bytesCount(state.quota)],
    ['Waiting to be stored', state.pending === 0 ? 'nothing' : count(state.pending, 'commit')],
    ['Last stored', state.lastFlush === null ? 'not in this visit' : new Date(state.lastFlush).toLocaleTimeString()],
    ['Safe from eviction', state.persisted ? 'yes' : 'no promise'],
  ];
}
