/** `waxwing/worker`: functions of the app that run in a worker beside the engine, callable from the page. */
import type { Procedures } from '../bridge/types.ts';
import { NotSupportedError } from '../errors.ts';

export { connect } from '../bridge/connect.ts';
export type { Connected, Local, Procedures, Remote } from '../bridge/types.ts';
export type { WorkerSource } from '../driver/driver.ts';

export function expose(procedures: Procedures): void {
  throw new NotSupportedError(`Exposing ${Object.keys(procedures).join(', ')} is not built yet.`);
}
