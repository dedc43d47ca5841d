/** SQL text as it is written, with the values it binds. */
import type { DriverValue } from '../wire/statement.ts';

/** One statement in the making. */
export class Writer {
  text = '';
  readonly params: DriverValue[] = [];
  /** Values go into the text: schema statements bind nothing. */
  literals = false;
  /** It changes rows, or locks them. */
  writes = false;
  /** Columns are written with their table; not where only one table can be meant. */
  qualified = true;

  /** Writes every item by `each`, with `separator` between them. */
  list<T>(items: readonly T[], separator: string, each: (item: T) => void): void {
    for (let at = 0; at < items.length; at++) {
      if (at > 0) this.text += separator;
      each(items[at] as T);
    }
  }

  /** Writes with columns unqualified. */
  unqualified(body: () => void): void {
    const before = this.qualified;
    this.qualified = false;
    body();
    this.qualified = before;
  }
}
