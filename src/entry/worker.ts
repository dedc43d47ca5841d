/** `waxwing/worker`: functions of the app that run in a worker beside the engine, callable from the page. */
import { exposeHere } from '../bridge/expose.ts';
import { openerOf } from '../bridge/openers.ts';
import type { Procedures } from '../bridge/types.ts';
import type { Driver, OpenOptions } from '../driver/driver.ts';
import { NotSupportedError } from '../errors.ts';

export { connect } from '../bridge/connect.ts';
export type { Connected, Local, Procedures, Remote } from '../bridge/types.ts';
export type { WorkerSource } from '../driver/driver.ts';

/**
 * Makes the functions of an app's own worker callable from its page, and lets the page open its databases in it.
 * The models imported there run in the worker, beside the engine, with no message per query.
 *
 * @param procedures Functions by name; what they take and return must be cloneable, but for callbacks and AbortSignals
 * among the arguments.
 * @throws ImproperlyConfigured when something other than a function is among them.
 * @example
 * const procedures = { topUsers: (n: number) => User.select().orderBy(User.score.desc()).limit(n).dicts() };
 * expose(procedures);
 * export type Procedures = typeof procedures;   // for connect<Procedures>() on the page
 */
export function expose(procedures: Procedures): void {
  exposeHere(procedures, open);
}

async function open(options: OpenOptions): Promise<Driver> {
  const { system = 'sqlite', name } = options;
  const opener = openerOf(system);
  if (opener !== undefined) return opener(options);
  if (system === 'sqlite') return (await import('../driver/open-sqljs.ts')).openHere(options);
  const [words, made] = system === 'berkeley' ? ['Berkeley', 'BerkeleyDatabase'] : ['Postgres', 'PostgresqlDatabase'];
  throw new NotSupportedError(
    `This worker opens no ${words} databases. Its module has to make one: new ${made}(${JSON.stringify(name)}) of 'waxwing/${system}'.`,
    { database: name },
  );
}
