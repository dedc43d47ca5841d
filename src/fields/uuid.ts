/** Fields that hold UUIDs, always as strings: '6fa459ea-ee8a-3ca4-894e-db77e160355e'. */
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

/** A UUID, kept as text where the engine has no type of its own: `UUIDField({ default: () => crypto.randomUUID() })`. */
export const UUIDField: Scalar<string> = /* @__PURE__ */ defineField({ type: { name: 'uuid' } });
/** A UUID kept in 16 bytes. */
export const BinaryUUIDField: Scalar<string> = /* @__PURE__ */ defineField({ type: { name: 'binaryuuid' } });
