/** The digits of decimal numbers as people and programs write them. */
import { DataError } from '../errors.ts';

/** A decimal number that fits its column. */
export interface Digits {
  readonly negative: boolean;
  /** All digits, without leading zeros, the last `scale` of them after the point. */
  readonly digits: string;
}

/** Reads one. @throws DataError when it is none, or has more digits than the column: it would be rounded */
export function digitsOf(value: unknown, precision: number, scale: number): Digits {
  const text =
    typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '')
    throw new DataError(`Expected a decimal number as a string, got ${show(value)}`);
  const shift = scale - fraction.length + Number(exponent);
  const all = whole + fraction;
  const kept = shift >= 0 ? all + '0'.repeat(shift) : all.slice(0, shift) || '0';
  if (shift < 0 && /[1-9]/.test(all.slice(shift))) {
    throw new DataError(`${text} has more than ${scale} digits after the point: round it, or give the column more decimalPlaces`);
  }
  const digits = kept.replace(/^0+(?=\d)/, '');
  if (digits.length > precision)
    throw new DataError(`${text} has more than the ${precision} digits of DECIMAL(${precision}, ${scale})`);
  return { negative: sign === '-' && /[1-9]/.test(digits), digits };
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
