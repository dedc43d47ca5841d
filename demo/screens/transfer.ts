/** A database file on its way out or in: how far it is, and a way to stop it. */
import { exportFile, importFile } from '../app/session.ts';
import { bytesCount } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { errorCard, errorName } from '../parts/error-card.ts';
import { createProgress } from '../parts/progress.ts';
import { toast } from '../parts/toast.ts';
import { openVeil } from '../parts/veil.ts';

type Work<T> = (onProgress: (done: number, total: number | null) => void, signal: AbortSignal) => Promise<T>;

/** Shows progress while `work` runs; null when it was cancelled or refused, which has then been said. */
async function withProgress<T>(title: string, doing: string, refusal: string, work: Work<T>): Promise<T | null> {
  const abort = new AbortController();
  const bar = createProgress(doing);
  const cancel = el('button', { class: 'button', onclick: () => abort.abort() }, 'Cancel');
  const body = el('div', {}, el('div', { class: 'steps' }, bar.element), el('div', { class: 'actions' }, cancel));
  const veil = openVeil(title, el('h1', {}, title), body);
  const onProgress = (done: number, total: number | null): void =>
    bar.set(done, total, total === null ? bytesCount(done) : `${bytesCount(done)} of ${bytesCount(total)}`);
  try {
    const result = await work(onProgress, abort.signal);
    veil.close();
    return result;
  } catch (error) {
    if (abort.signal.aborted || errorName(error) === 'AbortedError') {
      veil.close();
      toast('Cancelled. Nothing was changed.');
      return null;
    }
    const close = el('button', { class: 'button primary', onclick: () => veil.close() }, 'Close');
    body.replaceChildren(el('p', {}, refusal), errorCard(error), el('div', { class: 'actions' }, close));
    close.focus();
    return null;
  }
}

export async function takeIn(file: File): Promise<void> {
  const done = await withProgress(
    `Importing ${file.name}`,
    'Checked, then stored',
    'This file was refused, and nothing was changed:',
    async (onProgress, signal) => {
      await importFile(file, onProgress, signal);
      return true;
    },
  );
  if (done) toast(`${file.name} is in. The schema shows what it holds.`);
}

export async function takeOut(): Promise<void> {
  const blob = await withProgress('Exporting', 'Copied', 'The file could not be made:', exportFile);
  if (!blob) return;
  const url = URL.createObjectURL(blob);
  el('a', { href: url, download: 'waxwing-playground.db' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  toast(`${bytesCount(blob.size)} exported.`);
}
