/** Makes an app's worker answer its page: procedures, and databases on the same engine. */
import type { OpenDriver } from '../driver/driver.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { type Scope, serve } from './serve.ts';
import { openShared } from './shared-driver.ts';
import type { Procedures } from './types.ts';

/** Offers `procedures` on the channel of the worker this runs in. */
export function exposeHere(procedures: Procedures, open: OpenDriver): void {
  if (!('DedicatedWorkerGlobalScope' in globalThis)) {
    throw new ImproperlyConfigured('expose() belongs into the module of a dedicated worker; the page uses connect().');
  }
  exposeOn(globalThis as unknown as Scope, procedures, open);
}

/** Offers `procedures` on `scope`, after checking them; databases open by `open`, shared with the models that run here. */
export function exposeOn(scope: Scope, procedures: Procedures, open: OpenDriver): void {
  for (const [name, procedure] of Object.entries(procedures)) {
    if (typeof procedure !== 'function')
      throw new ImproperlyConfigured(`expose() takes functions; "${name}" is ${typeof procedure}.`);
    if (name === 'then')
      throw new ImproperlyConfigured('A procedure cannot be called "then": the page could not await the others.');
  }
  serve(scope, (options) => openShared(options, open), procedures);
}
