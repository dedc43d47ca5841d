/** Fields that hold text. */
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

export interface CharOptions {
  /** Characters, 255 unless told. */
  readonly maxLength?: number;
}
/** Text of a limited length. */
export const CharField: Scalar<string, unknown, CharOptions> = /* @__PURE__ */ defineField<string, unknown, CharOptions>({
  type: ({ maxLength = 255 }) => ({ name: 'char', length: maxLength }),
});
/** Text of exactly `maxLength` characters. */
export const FixedCharField: Scalar<string, unknown, CharOptions> = /* @__PURE__ */ defineField<string, unknown, CharOptions>({
  type: ({ maxLength = 255 }) => ({ name: 'fixedchar', length: maxLength }),
});
/** Text of any length. */
export const TextField: Scalar<string> = /* @__PURE__ */ defineField({ type: { name: 'text' } });
