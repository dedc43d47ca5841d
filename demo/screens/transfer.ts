/** A database file on its way out or in: how far it is, and a way to stop it. */

import { systemOf } from '../app/file-system.ts';
import { type FileKind, importInto } from '../app/files.ts';
import { currentWhere, useFilled } from '../app/session.ts';
import { bytesCount, count } from '../parts/cell.ts';
import { el } from '../parts/el.ts';
import { errorCard, errorName } from '../parts/error-card.ts';
import { createProgress } from '../parts/progress.ts';
import { toast } from '../parts/toast.ts';
import { openVeil } from '../parts/veil.ts';
import { createLoading } from './loading.ts';

type Work<T> = (onProgress: (done: number, total: number | null) => void, signal: AbortSignal) => Promise<T>;

interface Words {
  readonly title: string;
  readonly doing: string;
  readonly refusal: string;
  readonly unit: FileKind['unit'];
}

function progressWords(done: number, total: number | null, unit: FileKind['unit']): string {
  if (unit === 'bytes') return total === null ? bytesCount(done) : `${bytesCount(done)} of ${bytesCount(total)}`;
  return total === null ? count(done, 'row') : `${done.toLocaleString('en')} of ${count(total, 'row')}`;
}

/** Shows progress while `work` runs; null when it was cancelled or refused, which has then been said. */
async function withProgress<T>({ title, doing, refusal, unit }: Words, work: Work<T>): Promise<T | null> {
  const abort = new AbortController();
  const bar = createProgress(doing);
  const cancel = el('button', { class: 'button', onclick: () => abort.abort() }, 'Cancel');
  const body = el('div', {}, el('div', { class: 'steps' }, bar.element), el('div', { class: 'actions' }, cancel));
  const veil = openVeil(title, el('h1', {}, title), body);
  const onProgress = (done: number, total: number | null): void => bar.set(done, total, progressWords(done, total, unit));
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

/** Opens the file in the engine it is for, in the place of what that has; false when it was refused or given up. */
export async function takeIn(file: File): Promise<boolean> {
  const words: Words = {
    title: `Importing ${file.name}`,
    doing: 'Checked, then stored',
    refusal: 'This file was not taken in, and nothing was changed:',
    unit: 'bytes',
  };
  const done = await withProgress(words, async (onProgress, signal) => {
    const system = await systemOf(file);
    const where = { ...currentWhere(), ...(system && { system }) };
    const loading = createLoading(where);
    try {
      await useFilled(where, loading.onStarting, (db) => {
        loading.close();
        return importInto(db, file, system === null, onProgress, signal);
      });
    } finally {
      loading.close();
    }
    return true;
  });
  if (done) toast(`${file.name} is in.`);
  return done ?? false;
}

export async function takeOut({ name, unit, make }: FileKind): Promise<void> {
  const blob = await withProgress({ title: 'Exporting', doing: 'Copied', refusal: 'The file could not be made:', unit }, make);
  if (!blob) return;
  const url = URL.createObjectURL(blob);
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  toast(`${bytesCount(blob.size)} exported.`);
}
