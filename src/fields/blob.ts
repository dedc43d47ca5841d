/** A field that holds bytes. */
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

/** Bytes. */
export const BlobField: Scalar<Uint8Array> = /* @__PURE__ */ defineField({ type: { name: 'blob' } });
