/** A page's typed access to the procedures of the app's own worker. */
import type { WorkerSource } from '../driver/driver.ts';
import { NotSupportedError } from '../errors.ts';
import type { Connected, Procedures } from './types.ts';

export function connect<P extends Procedures>(worker: WorkerSource): Connected<P> {
  throw new NotSupportedError(`Connecting to ${String(worker)} is not built yet.`);
}
