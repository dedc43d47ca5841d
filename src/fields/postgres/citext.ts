/** A field that holds text whose case does not count. */
import { defineField } from '../define-field.ts';
import type { Scalar } from '../types.ts';

/** Text that equals, sorts and matches whatever its case, of Postgres's extension citext: for e-mail addresses, say. */
export const CITextField: Scalar<string> = /* @__PURE__ */ defineField({ type: { name: 'citext', extension: 'citext' } });
