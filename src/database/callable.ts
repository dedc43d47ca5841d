/** What makes `tx` a function and an object of its class at once. */
import { ImproperlyConfigured } from '../errors.ts';
import type { Executor } from '../query/executor.ts';

/** A model or a row: it knows how to make a view of itself on another executor. */
interface Bindable {
  '~bind'(executor: Executor): unknown;
}

/** A function with the methods of the class that extends this; calling it makes a view of a model or row on it. */
export class Callable {
  constructor(name: string) {
    const self = (target: unknown): unknown => {
      if (!isBindable(target)) throw new ImproperlyConfigured('tx(…) takes a model or a row.');
      return target['~bind'](self as unknown as Executor);
    };
    Object.defineProperty(self, 'name', { value: name });
    // biome-ignore lint/correctness/noConstructorReturn: the object has to be a function, which only this makes possible.
    return Object.setPrototypeOf(self, new.target.prototype) as Callable;
  }
}

function isBindable(target: unknown): target is Bindable {
  const able = (typeof target === 'object' || typeof target === 'function') && target !== null;
  return able && typeof (target as Partial<Bindable>)['~bind'] === 'function';
}
