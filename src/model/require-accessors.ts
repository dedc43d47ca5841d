/** Finds properties of a class that hide its fields. */
import { ImproperlyConfigured } from '../errors.ts';
import type { Metadata } from './metadata.ts';
import { instanceOf, RowState } from './row-state.ts';

/** A property declared in the class without `declare` is an own property of every row, and hides the field. */
export function requireAccessors(meta: Metadata): void {
  let probe: object;
  try {
    probe = instanceOf(new RowState(meta, [], null, false));
  } catch {
    // A constructor that needs values cannot be tried without any.
    return;
  }
  for (const key of Object.keys(probe)) {
    if (key === '~row' || !(key in meta.model.prototype)) continue;
    throw new ImproperlyConfigured(
      `${meta.name} redefines "${key}", which hides the field: write \`declare ${key}: …\` or leave it out`,
    );
  }
}
