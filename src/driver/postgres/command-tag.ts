/** What a command tag of Postgres says, "INSERT 0 3" say. */

const COUNTS = /^(?:INSERT|UPDATE|DELETE|MERGE|COPY)\b/;
const COUNT = /(\d+)$/;

/** Rows inserted, updated or deleted. */
export function changesOf(tag: string): number {
  return COUNTS.test(tag) ? Number(COUNT.exec(tag)?.[1] ?? 0) : 0;
}
