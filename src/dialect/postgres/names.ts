/** Names as long as Postgres keeps them: it cuts longer ones without a word, and nobody finds them again. */
import { ProgrammingError } from '../../errors.ts';

/** Bytes; Postgres: "Identifiers and Key Words". */
const LONGEST = 63;
const encoder = new TextEncoder();

/** A name something is created by. @throws ProgrammingError when Postgres would cut it */
export function newName(name: string): string {
  const { length } = encoder.encode(name);
  if (length <= LONGEST) return name;
  throw new ProgrammingError(`The name "${name}" has ${length} bytes; PostgreSQL keeps ${LONGEST}: give a shorter one`);
}

/** A made-up name, as much of it as Postgres keeps. */
export function shortName(name: string): string {
  const bytes = new Uint8Array(LONGEST);
  return name.slice(0, encoder.encodeInto(name, bytes).read);
}
