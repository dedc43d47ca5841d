/** Everything from one value to another; null is no bound on that side. */
export interface Range<T> {
  readonly lower: T | null;
  readonly upper: T | null;
  /** Whether each bound belongs to the range: `[` and `]` say so, `(` and `)` do not. */
  readonly bounds: '[)' | '[]' | '(]' | '()';
  /** Holds nothing at all. */
  readonly empty: boolean;
}
