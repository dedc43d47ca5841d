/** Everything from one value to another; null is no bound on that side. */
export interface Range<T> {
  /** Where it begins; null when it has no beginning. */
  readonly lower: T | null;
  /** Where it ends; null when it has no end. */
  readonly upper: T | null;
  /** Whether each bound belongs to the range: `[` and `]` say so, `(` and `)` do not. */
  readonly bounds: '[)' | '[]' | '(]' | '()';
  /** Holds nothing at all. */
  readonly empty: boolean;
}
