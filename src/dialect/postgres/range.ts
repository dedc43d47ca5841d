/** Ranges as the text Postgres writes and reads: `[1,5)`, `(,"2026-01-01 00:00:00"]`, `empty`. */
import type { ColumnType, TypeName } from '../../ast/type.ts';
import { DataError, ImproperlyConfigured } from '../../errors.ts';
import type { Range } from '../../util/range.ts';

const NAMES: Readonly<Partial<Record<TypeName, string>>> = {
  integer: 'int4range',
  bigint: 'int8range',
  decimal: 'numrange',
  date: 'daterange',
  datetime: 'tsrange',
  datetimetz: 'tstzrange',
};

/** The name of a range over values of this type. */
export function rangeTypeName(element: ColumnType): string {
  const name = NAMES[element.name];
  if (name === undefined) throw new ImproperlyConfigured(`Postgres has no ranges of "${element.name}"`);
  return name;
}

const TEXT = /^([[(])("(?:[^"\\]|\\.|"")*"|[^,"]*),("(?:[^"\\]|\\.|"")*"|[^\])"]*)([\])])$/s;

/** Reads what Postgres wrote; `each` turns the text of a bound into its value. */
export function parseRange<T>(text: string, each: (text: string) => T): Range<T> {
  if (text === 'empty') return { lower: null, upper: null, bounds: '()', empty: true };
  const found = TEXT.exec(text);
  if (!found) throw new DataError(`${text.slice(0, 100)} is no range of Postgres`);
  const [, opening = '(', lower = '', upper = '', closing = ')'] = found;
  const bound = (written: string): T | null => (written === '' ? null : each(plain(written)));
  return { lower: bound(lower), upper: bound(upper), bounds: `${opening}${closing}` as Range<T>['bounds'], empty: false };
}

/** Writes a range; `each` gives the text of a bound, never asked for null. @throws DataError for anything else */
export function rangeText(value: unknown, each: (value: unknown) => string): string {
  const { lower, upper, bounds, empty } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Range<unknown>>;
  if (empty === true) return 'empty';
  if (lower === undefined || upper === undefined || typeof bounds !== 'string' || !/^[[(][\])]$/.test(bounds))
    throw new DataError('Expected a range: { lower, upper, bounds, empty }, as range(1, 10) makes it');
  const bound = (one: unknown): string => (one === null ? '' : `"${each(one).replace(/["\\]/g, '\\$&')}"`);
  return `${bounds[0]}${bound(lower)},${bound(upper)}${bounds[1]}`;
}

function plain(written: string): string {
  return written.startsWith('"')
    ? written.slice(1, -1).replace(/\\(.)|""/gs, (_, one: string | undefined) => one ?? '"')
    : written;
}
