/** What is used of the package pg: its client, which connects, proves who one is, and takes what is to be sent. */
import { ImproperlyConfigured, NotSupportedError, WaxwingError } from '../errors.ts';
import type { Turn } from './node-postgres-turn.ts';

/** One connection to a server. */
export interface PgClient {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  /** The server's process for it. */
  readonly processID?: number | null;
  readonly connection: {
    on(event: 'readyForQuery', listener: (message: { readonly status: string }) => void): unknown;
    readonly stream: { destroy(): unknown };
  };
  connect(): Promise<unknown>;
  query(turn: Turn): unknown;
  end(): Promise<unknown>;
  /** Whether an open connection keeps the process alive. */
  ref(): void;
  unref(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: { readonly channel: string; readonly payload?: string }) => void): unknown;
}

/** @throws ImproperlyConfigured when pg is not installed, NotSupportedError where there are no sockets: on a page, say */
export async function makeClient(config: object): Promise<PgClient> {
  try {
    const { Client } = await import('#pg');
    return new Client(config) as unknown as PgClient;
  } catch (error) {
    if (error instanceof WaxwingError) throw error;
    const { message } = error as Error;
    if (/['"]pg['"]/.test(message))
      throw new ImproperlyConfigured('Servers are reached through the package pg, which is not installed: npm install pg.', {
        cause: error,
      });
    if (/sslnegotiation/.test(message)) throw new ImproperlyConfigured(message);
    throw new NotSupportedError(
      `Connections to a Postgres server need TCP sockets, which this runtime does not give to the package pg (${message}): Node, ` +
        'Deno, Bun and Cloudflare Workers have them. Elsewhere ask a server of your own for the data.',
      { cause: error },
    );
  }
}
