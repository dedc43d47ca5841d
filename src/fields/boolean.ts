/** A field that holds true or false. */
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

/** True or false. */
export const BooleanField: Scalar<boolean> = /* @__PURE__ */ defineField({ type: { name: 'boolean' } });
