/** How this thread opens databases of each system: an app's own worker knows those whose classes it uses. */
import type { OpenDriver, System } from '../driver/driver.ts';

const openers = new Map<System, OpenDriver>();

/** Says how databases of `system` are opened in this thread. */
export function setOpener(system: System, open: OpenDriver): void {
  openers.set(system, open);
}

export function openerOf(system: System): OpenDriver | undefined {
  return openers.get(system);
}
