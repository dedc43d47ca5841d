/** Write code, run it, look at what came of it. */
import { complete } from '../app/completion.ts';
import { EXAMPLES, type Example } from '../app/examples.ts';
import { plansOf } from '../app/plans.ts';
import { counted } from '../app/row-counts.ts';
import { type Run, run } from '../app/run.ts';
import { collectLog, type Logged, tell } from '../app/session.ts';
import { count, duration } from '../parts/cell.ts';
import { createEditor } from '../parts/editor.ts';
import { el } from '../parts/el.ts';
import { errorMessage, errorName } from '../parts/error-card.ts';
import { icon } from '../parts/icons.ts';
import { createSplit } from '../parts/split.ts';
import { ExampleList } from './example-list.ts';
import { createResults } from './results.ts';

const DRAFT = 'waxwing-draft';

export class QueryScreen {
  readonly element: HTMLElement;
  readonly #results = createResults();
  readonly #status = el('output', { class: 'run-status', 'aria-live': 'polite' });
  readonly #button: HTMLButtonElement;
  readonly #pane: HTMLElement;
  readonly #examples = new ExampleList((example) => this.#choose(example));
  readonly #editor = createEditor(
    complete,
    () => void this.#run(),
    () => localStorage.setItem(DRAFT, this.#editor.text()),
  );

  constructor() {
    const keys = navigator.platform.startsWith('Mac') ? '⌘ ↵' : 'Ctrl ↵';
    const onclick = (): void => void this.#run();
    this.#button = el(
      'button',
      { class: 'button primary run', onclick },
      icon('run', 15),
      'Run',
      el('kbd', { class: 'wide' }, keys),
    );
    this.#editor.setText(localStorage.getItem(DRAFT) ?? EXAMPLES[0]?.code ?? '');
    this.#examples.select(EXAMPLES.find(({ code }) => code === this.#editor.text())?.id ?? null);
    const leave = el('span', { class: 'leave' }, el('kbd', {}, 'Esc'), ' then ', el('kbd', {}, 'Tab'), ' leaves the code');
    const bar = el('div', { class: 'pane-bar' }, this.#examples.button, this.#status, leave, this.#button);
    this.#pane = el('section', { class: 'result-pane', 'aria-label': 'Result', tabindex: -1 }, this.#results.element);
    const workbench = createSplit(
      el('section', { class: 'code-pane', 'aria-label': 'Code' }, bar, this.#editor.element),
      this.#pane,
    );
    this.element = el('div', { class: 'query' }, this.#examples.element, workbench);
  }

  /** Puts code into the editor, runs it, and takes the keyboard to what comes of it. */
  open(code: string): void {
    this.#examples.select(EXAMPLES.find((example) => example.code === code)?.id ?? null);
    this.#editor.setText(code);
    localStorage.setItem(DRAFT, code);
    void this.#run();
    this.#pane.focus({ preventScroll: true });
  }

  #choose(example: Example): void {
    this.open(example.code);
    this.#editor.focus();
  }

  async #run(): Promise<void> {
    if (this.#button.disabled) return;
    const isFocused = document.activeElement === this.#button;
    this.#button.disabled = true;
    this.#status.textContent = 'Running…';
    this.#editor.mark([]);
    await counted();
    const log = collectLog();
    const outcome = await run(this.#editor.text());
    log.stop();
    this.#results.show(outcome, log.entries, await plansOf(log.entries));
    this.#status.textContent = summary(outcome, log.entries);
    if (outcome.error) {
      const { value, places } = outcome.error;
      this.#editor.mark(places.map((place) => ({ ...place, message: `${errorName(value)}: ${errorMessage(value)}` })));
    }
    this.#button.disabled = false;
    // A button that is disabled loses the keyboard.
    if (isFocused) this.#button.focus();
    if (log.entries.some(({ changes }) => changes > 0)) tell('changed');
  }
}

function summary(outcome: Run, entries: readonly Logged[]): string {
  const failed = outcome.error ? `${errorName(outcome.error.value)} after ` : '';
  const engine = entries.reduce((sum, entry) => sum + entry.duration, 0);
  const sql = entries.length ? `, ${count(entries.length, 'statement')} in ${duration(engine)}` : ', no SQL';
  return `${failed}${duration(outcome.milliseconds)}${sql}`;
}
