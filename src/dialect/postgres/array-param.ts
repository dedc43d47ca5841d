/** Many values as one parameter: the text of an array. */
import type { Expression } from '../../ast/expression.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { DriverValue } from '../../wire/statement.ts';
import { castBeside, castOf } from './cast.ts';

/** An array to bind. */
export interface ArrayParam {
  readonly text: string;
  /** The type its elements must say beside something that has one. */
  readonly cast: string | undefined;
  /** The type its elements have of their own. */
  readonly own: string;
}

/** Plain values of one type as an array; undefined when they are something else, or arrays themselves. */
export function arrayOf(
  items: readonly Expression[],
  encode: (value: unknown, type: ColumnType | undefined) => DriverValue,
): ArrayParam | undefined {
  const encoded: DriverValue[] = [];
  const type = items[0]?.kind === 'value' ? items[0].type : undefined;
  let cast: string | undefined;
  let own: string | undefined;
  for (const item of items) {
    if (item.kind !== 'value' || item.type?.name !== type?.name || type?.name === 'array') return undefined;
    encoded.push(encode(item.value, item.type));
    if (item.value === null) continue;
    cast = wider(cast, castBeside(item.value, item.type));
    own = wider(own, castOf(item.value, item.type));
  }
  return { text: arrayText(encoded), cast, own: own ?? 'text' };
}

/** The type that holds what both hold. */
function wider(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === 'double precision' || b === 'double precision') return 'double precision';
  return a === 'bigint' ? a : b;
}

/** Encoded values as the text of an array. */
export function arrayText(values: ArrayLike<DriverValue>): string {
  let text = '{';
  for (let at = 0; at < values.length; at++) text += (at > 0 ? ',' : '') + elementText(values[at] as DriverValue);
  return `${text}}`;
}

function elementText(value: DriverValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
  if (value instanceof Uint8Array) return `"\\\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
  return String(value);
}
