/** The logical type of a column or value: what it means, before any dialect decides how it is kept. */

export type TypeName =
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
  | 'date'
  | 'time'
  | 'timestamp'
  | 'json'
  | 'any';

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
}
