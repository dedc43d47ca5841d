/** How a session of Postgres has to be set for its texts to mean one thing. */

/**
 * Settings of every session before the user's own, by name: times in UTC, dates and intervals in the formats that the
 * dialect reads, floats in the fewest digits that say them exactly.
 */
export const SESSION_SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['client_encoding', 'UTF8'],
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO, MDY'],
  ['IntervalStyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['standard_conforming_strings', 'on'],
];
