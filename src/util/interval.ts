/** A length of time in three parts that do not convert into each other: months differ in days, and days in hours. */
export interface Interval {
  /** Whole ones; a year is 12 of them. */
  readonly months: number;
  /** Whole ones; a week is 7 of them. */
  readonly days: number;
  /** Whole ones; hours, minutes and seconds are kept in them. */
  readonly microseconds: number;
}
