/** The logical type of a column or value: what it means, before any dialect decides how it is kept. */

/** Types that every engine keeps in some way. */
export type CommonTypeName =
  | 'auto'
  | 'bigauto'
  | 'integer'
  | 'smallint'
  | 'bigint'
  | 'float'
  | 'double'
  | 'decimal'
  | 'char'
  | 'fixedchar'
  | 'text'
  | 'boolean'
  | 'blob'
  | 'uuid'
  | 'binaryuuid'
  | 'datetime'
  /** A point in time that the engine shows in the session's time zone. */
  | 'datetimetz'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'json'
  /** JSON in parts, not as text: searched and changed in place. */
  | 'jsonb'
  | 'any';

/** Types that only Postgres has. */
export type PostgresTypeName = 'array' | 'range' | 'interval' | 'hstore' | 'tsvector' | 'tsquery' | 'citext' | 'vector';

export type TypeName = CommonTypeName | PostgresTypeName;

export interface ColumnType {
  readonly name: TypeName;
  /** char, fixedchar: characters. */
  readonly length?: number;
  /** decimal: digits in all. */
  readonly precision?: number;
  /** decimal: digits after the point. */
  readonly scale?: number;
  /** timestamp: ticks per second (peewee's `resolution`). */
  readonly resolution?: number;
  /** array: what it holds; range: what it ranges over. */
  readonly element?: ColumnType;
  /** array: how deep arrays lie in arrays, 1 unless told; vector: numbers. */
  readonly dimensions?: number;
  /** What has to be added to the engine before it knows the type: `hstore`. */
  readonly extension?: string;
}
