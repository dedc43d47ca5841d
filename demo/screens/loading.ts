/** The first visit: what is being loaded, how far it is, and where it will be kept. */
import { PLACES, type Place } from '../app/session.ts';
import { type OnStep, STEPS, type StepName } from '../data/load.ts';
import { bytesCount } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { createProgress } from '../parts/progress.ts';
import { openVeil, type Veil } from '../parts/veil.ts';

export function openLoading(place: Place): { readonly veil: Veil; readonly onStep: OnStep } {
  const bars = new Map(STEPS.map((name) => [name, createProgress(name, 'li')]));
  const where =
    place === 'memory'
      ? 'in memory, for as long as this page is open'
      : `in this browser (${PLACES.find(({ value }) => value === place)?.label ?? place}), for good`;
  const veil = openVeil(
    'Loading the data',
    el('h1', {}, 'Setting the table'),
    el(
      'p',
      {},
      `Airports, three months of flights and thirteen years of birds met by aeroplanes, put into SQLite ${where}. Next time they are just there.`,
    ),
    el('ul', { class: 'steps' }, ...[...bars.values()].map((bar) => bar.element)),
  );
  const onStep: OnStep = (step, done, total) => bars.get(step)?.set(done, total, words(step, done, total));
  return { veil, onStep };
}

function words(step: StepName, done: number, total: number): string {
  if (step === 'Downloading') return `${bytesCount(done)} of ${bytesCount(total)}`;
  if (step === 'Storing') return done === total ? 'done' : '';
  return `${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows`;
}
