/** What SQL is for a connection to a server, told from its first words. */
import type { Batch, Statement } from '../wire/statement.ts';

const QUERY = /^[\s(]*(select|with|values|table)\b/i;
const READS = /^[\s(]*(select|with|values|table|show|explain)\b/i;
const BEGINS = /^\s*(begin|start)\b/i;
const ENDS = /^\s*(commit|end|abort|prepare\s+transaction|rollback(?!\s+(work\s+|transaction\s+)?to\b))\b/i;
const UNDOES = /^\s*(rollback|abort)\b/i;

/** A statement that a cursor can be of. */
export function isQuery({ sql, mode }: Statement): boolean {
  return mode === 'read' && QUERY.test(sql);
}

export function beginsTransaction({ sql }: Statement): boolean {
  return BEGINS.test(sql);
}

/** A commit or rollback of the whole transaction. */
export function endsTransaction({ sql }: Statement): boolean {
  return ENDS.test(sql);
}

/** A rollback, of all or to a savepoint. */
export function undoes({ sql }: Statement): boolean {
  return UNDOES.test(sql);
}

/** Reads outside of any transaction. */
export function isPlainRead({ statements, bracket }: Batch): boolean {
  return bracket === undefined && statements.every(({ sql, mode }) => mode === 'read' && READS.test(sql));
}

/** Reads and writes that begin nothing others belong to. */
export function isPlainWrite({ statements }: Batch): boolean {
  return statements.every(({ sql, mode }) => (mode === 'read' && READS.test(sql)) || (mode === 'write' && !BEGINS.test(sql)));
}

/** The statements that can go out together: those of one transaction, or a single one outside. */
export function groupFrom(statements: readonly Statement[], start: number, open: boolean): readonly Statement[] {
  if (!open && !beginsTransaction(statements[start]!)) return [statements[start]!];
  let end = start;
  while (end < statements.length) if (endsTransaction(statements[end++]!)) break;
  return statements.slice(start, end);
}
