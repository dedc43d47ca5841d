/** Where a Postgres server is, how it is reached, and what to say when it is not. */
import { ConnectionClosedError, type ErrorDetails, NotSupportedError, OperationalError, WaxwingError } from '../errors.ts';
import type { Server } from './driver.ts';
import { takeTls } from './node-postgres-tls.ts';
import { type ReadUrl, readUrl } from './node-postgres-url.ts';

/** Milliseconds a server may take to let a session in. */
const PATIENCE = 15_000;

/** Milliseconds of silence after which it is asked whether the server is still there, once a second; ten times in vain mean no. */
const SILENCE = 30_000;

/** What to do about a refusal, by the code of the server or of the network. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Is the server running, and are host and port right?',
  ENOENT: 'there is no such socket. Is the server running, and is its folder of sockets the one given as host?',
  ENOTFOUND: 'there is no host of that name. Is it spelled right?',
  EAI_AGAIN: 'the name of the host could not be looked up just now.',
  ETIMEDOUT: 'it did not answer. Is it behind a firewall?',
  EHOSTUNREACH: 'there is no way to that host from here.',
  ENETUNREACH: 'there is no way to that host from here.',
  ECONNRESET: 'it hung up. Does the server want TLS (ssl: true), or is something else listening there?',
  '28P01': 'it does not accept the password.',
  '28000': 'it does not let this user in from here: see its pg_hba.conf.',
  '3D000': 'it has no database of that name: create it first, or correct the name.',
  '53300': 'it has no connection left: other programs hold them all.',
  '57P03': 'it is starting up or shutting down: try again in a moment.',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody known here: give the authority as ssl: { ca }.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: give it as ssl: { ca }.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody known here: give the authority as ssl: { ca }.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody known here: give the authority as ssl: { ca }.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host: connect by the name that stands in it.',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
};

/** Failures that pg tells in words alone. */
const WORDS: readonly (readonly [words: RegExp, advice: string])[] = [
  [/does not support SSL/i, 'it does not speak TLS: leave out ssl and sslmode, or turn TLS on in the server.'],
  [/client password must be a (non-empty )?string|password must be a string/i, 'it wants a password, and none was given.'],
  [/timeout expired/i, `it did not answer within ${PATIENCE / 1000} seconds. Is it behind a firewall?`],
  [/terminated unexpectedly/i, 'it hung up. Does the server want TLS (ssl: true), or is something else listening there?'],
];

export class ServerPlace {
  /** What pg's client takes; where one is refused, the next may do. */
  readonly configs: readonly object[];
  /** False when a session may not keep prepared statements. */
  readonly prepares: boolean;
  /** The database's name, for errors. */
  readonly database: string;
  /** For people: "the Postgres server at localhost:5432". Never holds a password. */
  where = 'the Postgres server';

  constructor(database: string, { url, host, port, user, password, ssl, prepare = true }: Server) {
    this.database = database;
    this.prepares = prepare;
    const read: ReadUrl = url === undefined ? { options: {}, tls: takeTls(new URLSearchParams()) } : readUrl(url);
    const given = { host, port, user, password };
    const config = {
      database,
      ...read.options,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      keepAlive: true,
      keepAliveInitialDelayMillis: SILENCE,
      connectionTimeoutMillis: PATIENCE,
      fallback_application_name: 'waxwing',
    };
    const ways = ssl === undefined ? read.tls : [ssl];
    this.configs = ways === undefined ? [config] : ways.map((way) => ({ ...config, ssl: way }));
  }

  /** Says where pg goes, which knows the environment's defaults as well. */
  isAt(host: string, port: number, user: string | undefined): void {
    const at = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.where = `the Postgres server at ${at}${user === undefined ? '' : ` as ${user}`}`;
  }

  /** The error of a session that could not be had. */
  refusal(error: unknown): WaxwingError {
    if (error instanceof WaxwingError) return error;
    const { code, message } = first(error);
    const advice = ADVICE[code ?? ''] ?? WORDS.find(([words]) => words.test(message))?.[1];
    const details: ErrorDetails = { code, database: this.database, cause: error };
    const text = `Cannot connect to "${this.database}" on ${this.where}: ${advice ?? message}`;
    return new OperationalError(advice === undefined || !isSqlState(code) ? text : `${text} (${message})`, details);
  }

  /** The error of a statement that met a session on which it was not prepared, or somebody else's was. */
  mixedUp(reason: Error & { readonly code: string }): OperationalError {
    const text = `The statements of one session are taken for another's at ${this.where}: ${reason.message}. Is a proxy in between`;
    return new OperationalError(`${text} that pools transactions? Then say prepare: false.`, {
      code: reason.code,
      database: this.database,
      cause: reason,
    });
  }

  /** The error of who listens where nothing would be heard. */
  deaf(): NotSupportedError {
    return new NotSupportedError(
      'With prepare: false a session may be another one for each transaction, and none could listen to channels: listen by a ' +
        'database that is connected to the server itself.',
      { database: this.database },
    );
  }

  /** The error of a session that is gone. */
  lost(reason: unknown): ConnectionClosedError {
    const why = reason instanceof Error ? `: ${first(reason).message}` : '';
    return new ConnectionClosedError(`The connection to ${this.where} was lost${why}.`, {
      database: this.database,
      cause: reason,
    });
  }
}

/** A host with several addresses fails with all their errors in one, and an empty message. */
function first(error: unknown): { readonly code: string | undefined; readonly message: string } {
  const one = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = one as { code?: string; message?: string };
  return { code, message: message || String(one) };
}

function isSqlState(code: string | undefined): boolean {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
