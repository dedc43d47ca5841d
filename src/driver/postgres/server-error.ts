/** What Postgres says went wrong, as an error. */
import { DatabaseError, type ErrorDetails, IntegrityError } from '../../errors.ts';

/** The fields of an ErrorResponse that matter here. */
export interface ServerFields {
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

const CONSTRAINTS: Readonly<Record<string, ErrorDetails['constraint']>> = {
  23001: 'foreignKey',
  23502: 'notNull',
  23503: 'foreignKey',
  23505: 'unique',
  23514: 'check',
};

/**
 * The error of Postgres's fields, with its SQLSTATE as the code; the dialect knows what kind it is. Only a violated
 * constraint is an IntegrityError already: the fields that tell which one are nowhere else.
 */
export function serverError(fields: ServerFields, sql: string | undefined): DatabaseError {
  const { code, detail, hint } = fields;
  const more = (detail === undefined ? '' : `\nDETAIL: ${detail}`) + (hint === undefined ? '' : `\nHINT: ${hint}`);
  const message = fields.message + more;
  if (!code.startsWith('23')) return new DatabaseError(message, { code, sql });
  return new IntegrityError(message, {
    code,
    sql,
    constraint: CONSTRAINTS[code] ?? 'other',
    table: fields.table,
    columns: fields.column === undefined ? keyOf(detail) : [fields.column],
  });
}

/** The columns in "Key (a, b)=(1, 2) already exists."; none where the key holds an expression. */
function keyOf(detail: string | undefined): readonly string[] {
  const key = /^Key \((.*?)\)=\(/s.exec(detail ?? '')?.[1];
  if (key === undefined) return [];
  const names = key.match(/"(?:[^"]|"")+"|[^,\s"]+/g) ?? [];
  if (names.join(', ') !== key || /[()]/.test(key)) return [];
  return names.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name));
}
