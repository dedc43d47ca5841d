/** What Postgres calls the types of columns. */
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { NotSupportedError } from '../../errors.ts';
import { extensionTypeName } from './extension-codec.ts';

/** As peewee declares them, but for keys: see `identity` in ddl.ts. */
const NAMES: Readonly<Record<Exclude<CommonTypeName, 'any'>, string>> = {
  auto: 'INTEGER',
  bigauto: 'BIGINT',
  integer: 'INTEGER',
  smallint: 'SMALLINT',
  bigint: 'BIGINT',
  // Not REAL, which would round what every other engine gives back as it was.
  float: 'DOUBLE PRECISION',
  double: 'DOUBLE PRECISION',
  decimal: 'NUMERIC',
  char: 'VARCHAR',
  fixedchar: 'CHAR',
  text: 'TEXT',
  boolean: 'BOOLEAN',
  blob: 'BYTEA',
  uuid: 'UUID',
  binaryuuid: 'BYTEA',
  datetime: 'TIMESTAMP',
  datetimetz: 'TIMESTAMPTZ',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'BIGINT',
  json: 'JSON',
  jsonb: 'JSONB',
};

/**
 * The name of a type, as a column declares it.
 * @throws NotSupportedError for a column of any type, which Postgres does not have.
 */
export function postgresTypeName(type: ColumnType): string {
  const { name } = type;
  if (name === 'any') throw new NotSupportedError('PostgreSQL has no columns without a type: use the field of one');
  if (name === 'decimal') return `NUMERIC(${type.precision ?? 10}, ${type.scale ?? 5})`;
  const known = (NAMES as Readonly<Partial<Record<ColumnType['name'], string>>>)[name];
  if (known === undefined) return extensionTypeName(type, postgresTypeName);
  return type.length === undefined ? known : `${known}(${type.length})`;
}
