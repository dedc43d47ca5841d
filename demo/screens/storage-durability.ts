/** How safe a finished write is, and whether the browser may evict the data. */
import { database } from '../app/database.ts';
import type { Durability } from '../app/session.ts';
import { el } from '../parts/el.ts';
import { errorMessage } from '../parts/error-card.ts';
import { segmented } from '../parts/segmented.ts';
import { toast } from '../parts/toast.ts';
import type { StateCard } from './state-card.ts';

const CHOICES = [
  { value: 'strict', label: 'Strict' },
  { value: 'relaxed', label: 'Relaxed' },
  { value: 'deferred', label: 'Deferred' },
] as const;

const MEANINGS: Readonly<Record<Durability, string>> = {
  strict:
    'A resolved write is flushed to the device: it survives the page, the browser and the machine going down, as far as the platform promises.',
  relaxed: 'A resolved write is handed to the platform: it survives this page and its worker.',
  deferred:
    'A write resolves when it is applied, and is stored within a tenth of a second. The fastest; the last moment may be lost.',
};

export function durabilityCard(): StateCard {
  const choice = segmented<Durability>(
    'Durability',
    CHOICES,
    'strict',
    (value) => void said(database.storage.setDurability(value)),
  );
  const meaning = el('p', { class: 'small muted' });
  const persist = el('button', { class: 'button', onclick: () => void askToPersist() }, 'Ask to keep it');
  const eviction = el(
    'p',
    { class: 'small muted' },
    'A browser short of space may drop a site’s data, unless it promised not to.',
  );
  return {
    element: el(
      'section',
      { class: 'card' },
      el('h2', {}, 'Durability'),
      choice.element,
      meaning,
      el('h2', {}, 'Eviction'),
      eviction,
      persist,
    ),
    draw: (state) => {
      const kept = state.backend !== 'memory';
      choice.set(state.durability);
      choice.disable(!kept);
      meaning.textContent = kept ? MEANINGS[state.durability] : 'In memory there is nothing to wait for.';
      persist.disabled = state.persisted || !kept;
      persist.textContent = state.persisted ? 'The browser keeps it' : 'Ask to keep it';
    },
  };
}

async function askToPersist(): Promise<void> {
  const granted = await said(database.storage.persist());
  if (granted === true) toast('The browser will not evict this data.');
  if (granted === false) toast('The browser did not promise it. Installing the page, or using it often, helps.');
}

/** What it resolves with; an error is shown instead. */
async function said<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    toast(errorMessage(error), true);
    return undefined;
  }
}
