/** What takes its time when a database is opened: the engine, and on the first visit the data; how far each is. */
import type { Opening } from '../app/session.ts';
import { labelOf, PLACES, SYSTEMS, type System, type Where } from '../app/where.ts';
import { STEPS, type StepName } from '../data/load.ts';
import { bytesCount } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { createProgress, type Progress } from '../parts/progress.ts';
import { openVeil, type Veil } from '../parts/veil.ts';

/** What is said while an engine starts; SQLite is there too soon for words. */
const STARTING: Readonly<Record<System, readonly [title: string, text: string]>> = {
  sqlite: ['Opening SQLite', ''],
  postgresql: [
    'Starting Postgres',
    'A whole Postgres, in WebAssembly. It is downloaded once, 16 MB of it; the next time it starts from this browser.',
  ],
  berkeley: [
    'Opening Berkeley DB',
    'The pages of its file are turned into those that SQLite works on, and the indexes are made anew. A commit turns what it changed back.',
  ],
};

/** Shows itself when there is something to wait for. */
export function createLoading(where: Where): Opening & { close(): void } {
  const bars = new Map<string, Progress>();
  const list = el('ul', { class: 'steps' });
  const engine = labelOf(SYSTEMS, where.system);
  const [starting, about] = STARTING[where.system];
  const title = el('h1', {}, starting);
  const text = el('p', {}, about);
  let veil: Veil | null = null;
  const show = (...names: readonly string[]): void => {
    veil ??= openVeil('Opening the database', title, text, list);
    for (const name of names) {
      if (bars.has(name)) continue;
      const bar = createProgress(name, 'li');
      bars.set(name, bar);
      list.append(bar.element);
    }
  };
  return {
    onStarting: (done, total, step) => {
      show(engine);
      bars.get(engine)?.set(done, total, startWords(done, total, step));
    },
    onFilling: () => {
      bars.get(engine)?.set(1, 1, 'running');
      title.textContent = 'Setting the table';
      text.textContent = `Airports, three months of flights and thirteen years of birds met by aeroplanes, put into \
${labelOf(SYSTEMS, where.system)} ${placeWords(where)}. Next time they are just there.`;
      show(...STEPS);
    },
    onStep: (step, done, total) => bars.get(step)?.set(done, total, stepWords(step, done, total)),
    close: () => veil?.close(),
  };
}

function placeWords({ place }: Where): string {
  if (place === 'memory') return 'in memory, for as long as this page is open';
  return `in this browser (${labelOf(PLACES, place)}), for good`;
}

function startWords(done: number, total: number | null, step: string | undefined): string {
  if (step === 'initdb') return 'making a new cluster';
  if (step !== 'download' || total === null || done === total) return 'starting';
  return `${bytesCount(done)} of ${bytesCount(total)}`;
}

function stepWords(step: StepName, done: number, total: number): string {
  if (step === 'Downloading') return `${bytesCount(done)} of ${bytesCount(total)}`;
  if (step === 'Storing') return done === total ? 'done' : '';
  return `${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows`;
}
