/** What a page has in the place of the package pg, which connects to servers; see `imports` in package.json. */
import { NotSupportedError } from '../errors.ts';

/** A client that cannot be made. */
export class Client {
  constructor() {
    throw new NotSupportedError(
      'Connections to a Postgres server need TCP, which Node and edge runtimes have and browsers have not. Ask your own server ' +
        'for the data, or leave out host, user and the like to have the database here.',
    );
  }
}
