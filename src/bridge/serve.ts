/** The worker's side of a link: answers the greeting, opens databases, calls the app's procedures. */
import type { OpenDriver } from '../driver/driver.ts';
import { NotSupportedError } from '../errors.ts';
import { holdLock } from '../util/web-lock.ts';
import { offer } from './caller.ts';
import { type Hello, type Here, type HostFunctions, isHello, PROTOCOL } from './protocol.ts';
import { Session } from './session.ts';
import type { Procedures } from './types.ts';

/** The worker's own channel: `self` in a dedicated worker. */
export type Scope = Pick<MessagePort, 'postMessage' | 'addEventListener'>;

/** Serves pages from this worker from now on. */
export function serve(scope: Scope, open: OpenDriver, procedures: Procedures = {}): void {
  const here: Here = { waxwing: 'here', protocol: PROTOCOL };
  scope.addEventListener('message', ({ data }) => {
    if (!isHello(data)) return;
    if (data.protocol === PROTOCOL) greet(data, open, procedures);
    else scope.postMessage(here);
  });
  scope.postMessage(here);
}

function greet({ alive, control }: Hello, open: OpenDriver, procedures: Procedures): void {
  const held = holdLock(alive);
  control.addEventListener('close', () => void held.then((release) => release?.()));
  const functions: HostFunctions = {
    hello: async () => ({ holdsLock: (await held) !== null }),
    open: async (options, ports, onProgress) => {
      const engine = ports.engine === null ? undefined : received(ports.engine);
      const driver = await open({ ...options, onProgress, engine });
      new Session(driver, ports.control, ports.data);
      return { version: driver.version };
    },
    call: async (name, ...args) => {
      const procedure = Object.hasOwn(procedures, name) ? procedures[name] : undefined;
      if (!procedure)
        throw new NotSupportedError(`The worker exposes no procedure "${name}"; it has ${Object.keys(procedures).join(', ')}.`);
      return procedure(...(args as never[]));
    },
  };
  offer(functions, control);
}

/** The engine that the page has compiled, or null when it could not or it does not arrive. */
function received(port: MessagePort): Promise<WebAssembly.Module | null> {
  return new Promise((resolve) => {
    const take = (module: WebAssembly.Module | null): void => {
      resolve(module);
      port.close();
    };
    port.onmessage = ({ data }: MessageEvent<WebAssembly.Module | null>) => take(data);
    port.onmessageerror = () => take(null);
  });
}
