/** A server for the tests, as `inject('postgres')` of vitest gives it; null where there is none. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The folder of psql, pg_dump and the like, of the server's version. */
  readonly programs: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresServer | null;
  }
}

export function postgresPrograms(): string | undefined;
export function startPostgres(): Promise<(PostgresServer & { stop(): Promise<void> }) | null>;
