/** Exact decimal numbers: Postgres's numeric, in text both ways. */
import type { ColumnType } from '../../ast/type.ts';
import { digitsOf } from '../decimal-digits.ts';
import type { Codec } from '../dialect.ts';
import { codec } from '../encode.ts';

/** Strings (numbers and bigints too) in, strings with all digits after the point out: '19.90'. */
export function decimalCodec({ precision = 10, scale = 5 }: ColumnType): Codec {
  return codec(
    'any',
    (value) => {
      const { negative, digits } = digitsOf(value, precision, scale);
      const padded = digits.padStart(scale + 1, '0');
      const whole = padded.slice(0, padded.length - scale);
      return `${negative ? '-' : ''}${whole}${scale > 0 ? `.${padded.slice(-scale)}` : ''}`;
    },
    (value) => fixed(String(value), scale),
  );
}

/** With this many digits after the point, as the column has them: what is calculated from columns has others. */
function fixed(text: string, scale: number): string {
  const point = text.indexOf('.');
  const has = point < 0 ? 0 : text.length - point - 1;
  if (has === scale) return text;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  // NaN and the infinities have no digits.
  if (whole === '') return text;
  if (has < scale) return `${sign}${whole}.${fraction.padEnd(scale, '0')}`;
  const kept = BigInt(whole + fraction.slice(0, scale)) + (fraction.charCodeAt(scale) >= 0x35 ? 1n : 0n);
  const digits = String(kept).padStart(scale + 1, '0');
  const ones = digits.length - scale;
  return `${kept === 0n ? '' : sign}${digits.slice(0, ones)}${scale > 0 ? `.${digits.slice(ones)}` : ''}`;
}
