/** Fields that hold numbers. */
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

/** A whole number; outside the range a JS number holds exactly, writing and reading throw DataError. */
export const IntegerField: Scalar<number> = /* @__PURE__ */ defineField({ type: { name: 'integer' } });
/** A whole number between -32,768 and 32,767. */
export const SmallIntegerField: Scalar<number> = /* @__PURE__ */ defineField({ type: { name: 'smallint' } });
/** A 64-bit whole number, exact, as bigint. */
export const BigIntegerField: Scalar<bigint> = /* @__PURE__ */ defineField({ type: { name: 'bigint' } });
/** A floating-point number. */
export const FloatField: Scalar<number> = /* @__PURE__ */ defineField({ type: { name: 'float' } });
/** A floating-point number, of double precision where an engine knows two. */
export const DoubleField: Scalar<number> = /* @__PURE__ */ defineField({ type: { name: 'double' } });

export interface DecimalOptions {
  /** Digits in all, 10 unless told. */
  readonly maxDigits?: number;
  /** Digits after the point, 5 unless told. */
  readonly decimalPlaces?: number;
}
/** An exact decimal number, as a string: '19.90'. */
export const DecimalField: Scalar<string, unknown, DecimalOptions> = /* @__PURE__ */ defineField<string, unknown, DecimalOptions>(
  {
    type: ({ maxDigits = 10, decimalPlaces = 5 }) => ({ name: 'decimal', precision: maxDigits, scale: decimalPlaces }),
  },
);
