/** A server for the tests, as `inject('postgres')` of vitest gives it; null where there is none. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The folder of psql, pg_dump and the like, of the server's version. */
  readonly programs: string;
}

/** One that a test starts for itself. */
export interface OwnServer extends PostgresServer {
  /** Where its files are: `ca.crt` and `tls.crt`, when it is `certified`. */
  readonly folder: string;
  /** Ends it for a while; its data stay. */
  halt(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresServer | null;
  }
}

export function postgresPrograms(): string | undefined;
export function hasOpenssl(): boolean;
/** `certified`: it speaks TLS, with a certificate for `localhost`. */
export function startPostgres(options?: { readonly certified?: boolean }): Promise<OwnServer | null>;
