/** A length of time in three parts that do not convert into each other: months differ in days, and days in hours. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: number;
}
