/** The examples: a list at the side, on a small screen a sheet that opens. */
import { EXAMPLES, type Example } from '../app/examples.ts';
import { el } from '../parts/el.ts';
import { icon } from '../parts/icons.ts';

export class ExampleList {
  readonly element: HTMLElement;
  /** Opens the list where there is no room for it. */
  readonly button: HTMLElement;
  readonly #entries: readonly HTMLElement[];

  constructor(onChoose: (example: Example) => void) {
    this.#entries = EXAMPLES.map((example) => {
      const onclick = (): void => {
        const isSheet = this.element.classList.contains('open');
        this.#open(false);
        onChoose(example);
        // On a phone the editor would bring up its keyboard, over the result.
        if (isSheet) this.button.focus();
      };
      return el(
        'button',
        { class: 'example', 'data-example': example.id, onclick },
        el('b', {}, example.title),
        el('span', {}, example.about),
      );
    });
    this.button = el(
      'button',
      { class: 'button narrow', 'aria-expanded': 'false', onclick: () => this.#open(true) },
      icon('book'),
      'Examples',
    );
    this.element = el(
      'nav',
      { class: 'examples', 'aria-label': 'Examples', onkeydown: (event: KeyboardEvent) => this.#key(event) },
      ...this.#contents(),
    );
  }

  /** Marks the example that is in the editor. */
  select(id: string | null): void {
    for (const entry of this.#entries) {
      if (entry.dataset['example'] === id) entry.setAttribute('aria-current', 'true');
      else entry.removeAttribute('aria-current');
    }
  }

  #contents(): HTMLElement[] {
    const close = { class: 'button plain square narrow', 'aria-label': 'Close the examples', onclick: () => this.#open(false) };
    const head = el('div', { class: 'examples-head' }, el('h2', {}, 'Examples'), el('button', close, icon('close')));
    const groups = [...new Set(EXAMPLES.map(({ group }) => group))];
    const lists = groups.flatMap((group) => [
      el('h3', {}, group),
      ...this.#entries.filter((_, i) => EXAMPLES[i]?.group === group),
    ]);
    const source =
      'Data: US Department of Transportation and Federal Aviation Administration, by way of the package vega-datasets.';
    return [head, ...lists, el('p', { class: 'small muted' }, source)];
  }

  #open(open: boolean): void {
    this.element.classList.toggle('open', open);
    this.button.setAttribute('aria-expanded', String(open));
    if (open) this.#entries[0]?.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.element.classList.contains('open')) return;
    this.#open(false);
    this.button.focus();
  }
}
