/** Each model's own DoesNotExist: `catch (e) { if (e instanceof User.DoesNotExist) … }`. */
import { DoesNotExist } from '../errors.ts';
import type { Metadata } from './metadata.ts';

const CLASSES = new WeakMap<Metadata, typeof DoesNotExist>();

/** The model's class of errors. */
export function doesNotExist(meta: Metadata): typeof DoesNotExist {
  let type = CLASSES.get(meta);
  if (!type) {
    type = class extends DoesNotExist {};
    Object.defineProperty(type.prototype, 'name', { value: `${meta.name}DoesNotExist`, configurable: true, writable: true });
    CLASSES.set(meta, type);
  }
  return type;
}

/** The error of a query that had to find a row. */
export function missing(meta: Metadata): DoesNotExist {
  return new (doesNotExist(meta))(`No ${meta.name} matches the query`);
}
