/** One session on a Postgres server: a connection of pg's, its prepared statements, and whether others may have it next. */
import { type ConnectionClosedError, OperationalError } from '../errors.ts';
import { Deferred } from '../util/deferred.ts';
import type { OnRows, Outcome, Statement } from '../wire/statement.ts';
import type { Notification } from './driver.ts';
import { makeClient, type PgClient } from './node-postgres-client.ts';
import type { ServerPlace } from './node-postgres-place.ts';
import { mayDoOtherwise } from './node-postgres-tls.ts';
import { type Prepared, Turn } from './node-postgres-turn.ts';
import { serverError } from './postgres/server-error.ts';

/** Milliseconds a server may take to end what it is told to end. */
export const GOODBYE = 2000;
/** Prepared statements kept by a session. */
const KEPT = 200;
/** What is run again and has the same columns then; FETCH, say, has those of its cursor. */
const WORTH_KEEPING = /^[\s(]*(select|with|values|insert|update|delete|merge|begin|commit|rollback)\b/i;
/** SQL after which the next user of a session could tell it from a new one. */
const LEAVES_TRACES =
  /^\s*(set|reset|listen|unlisten|prepare|deallocate|declare|discard|load|do)\b|set_config|advisory|\b(pg_)?temp(orary)?\b|currval|lastval/i;

/** SQL after which a name or a param may have another type than a prepared statement remembers. */
const CHANGES_TABLES = /^\s*(create|alter|drop|do|import)\b/i;
/** What a prepared statement fails with that remembers types which are no more, or was dropped; wrong values fail so as well. */
const MAY_BE_STALE: ReadonlySet<string> = new Set([
  '0A000',
  '22003',
  '22007',
  '22008',
  '22P02',
  '22P03',
  '26000',
  '42804',
  '42883',
  '42P18',
]);

/** Said of a prepared statement that is another session's: duplicate_prepared_statement, invalid_sql_statement_name. */
const MIXED_UP: ReadonlySet<string> = new Set(['42P05', '26000']);
/** The names that we give. */
const OURS = /\bw\d+\b/;
const LISTENS = /^\s*listen\b/i;

/** What is said to all that comes in a transaction after an error: in_failed_sql_transaction. */
const ABORTED = '25P02';

/** What a session is ended with: by an operator, or for its idleness. Postgres manual, "PostgreSQL Error Codes". */
const ENDS_SESSION = /^(57P|25P03)/;

/** What an ErrorResponse is to pg. */
interface PgError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly table?: string;
  readonly column?: string;
}

export class Session {
  /** The number of the server's process, by which it tells who holds a lock. */
  readonly pid: number;
  /** False when something ran that the next user of the session could notice. */
  isLikeNew = true;
  /** As ReadyForQuery tells it: no transaction, one that is open, one that failed. */
  status = 'I';
  /** Why the session is gone; null while it lives. */
  lost: ConnectionClosedError | null = null;
  /** Receives messages of channels that the session listens to. */
  onNotification: (notification: Notification) => void = () => {};
  /** Told when statements that other sessions have prepared may be of no use. */
  onSchemaChange: () => void = () => this.forgetPrepared();
  /** Told when the session goes, whoever ended it. */
  onEnd: () => void = () => {};
  /** Tells whoever has the session that it is gone. */
  onLost: (error: ConnectionClosedError) => void = () => {};
  readonly #client: PgClient;
  readonly #place: ServerPlace;
  readonly #prepared = new Map<string, Prepared>();
  /** Names of prepared statements to be dropped with the next turn. */
  #stale: string[] = [];
  #named = 0;
  #running: { readonly turn: Turn; readonly ended: Deferred<void> } | null = null;
  /** Why the transaction failed that is open, or was last. */
  #first: unknown;

  /** @throws OperationalError that says which server refused, why, and what to do */
  static async open(place: ServerPlace, setup: readonly string[]): Promise<Session> {
    const client = await connect(place, place.configs);
    const session = new Session(client, place);
    try {
      await session.setUp(setup);
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  constructor(client: PgClient, place: ServerPlace) {
    this.#client = client;
    this.#place = place;
    this.pid = client.processID ?? 0;
    let reason: unknown;
    client.on('error', (error) => {
      // The server's own words come first; then pg says that the connection ended.
      reason ??= error;
    });
    client.on('end', () => this.#end(reason));
    client.on('notification', ({ channel, payload = '' }) => this.onNotification({ channel, payload }));
    client.connection.on('readyForQuery', ({ status }) => {
      this.status = status;
      this.#running?.ended.resolve();
    });
    client.unref();
  }

  /** True when nobody can tell the session from a new one. */
  get isReusable(): boolean {
    return this.isLikeNew && this.lost === null && this.status === 'I';
  }

  /** Makes the session as every new one is. */
  async setUp(setup: readonly string[]): Promise<void> {
    await this.run(setup.map((sql) => ({ sql, mode: 'read' })));
    this.isLikeNew = true;
  }

  /** Rolls back what is open, and takes back all that was set. */
  async reset(setup: readonly string[]): Promise<void> {
    if (this.status !== 'I') await this.run([{ sql: 'ROLLBACK', mode: 'end' }]);
    if (this.isLikeNew) return;
    await this.run([{ sql: 'DISCARD ALL', mode: 'write' }]);
    this.#prepared.clear();
    await this.setUp(setup);
  }

  /**
   * Runs statements in one go. Outside a transaction they are all or nothing.
   * @throws what the server said of the first that failed
   */
  async run(statements: readonly Statement[], onRows?: OnRows): Promise<readonly Outcome[]> {
    const before = this.status;
    const turn = await this.#exchange(statements, onRows);
    if (turn.failure === null && !turn.undone) return turn.outcomes;
    if (before === 'I' && !turn.delivered && this.#isOutOfDate(turn)) {
      this.forgetPrepared();
      if (this.status !== 'I') await this.#exchange([{ sql: 'ROLLBACK', mode: 'end' }]);
      return this.run(statements, onRows);
    }
    const error = this.#toError(turn.failure, statements[turn.outcomes.length]?.sql);
    if (this.status === 'E' && before !== 'E') this.#first = error;
    throw error;
  }

  /** Prepares all statements anew that come. */
  forgetPrepared(): void {
    for (const sql of [...this.#prepared.keys()]) this.#forget(sql);
  }

  /** Ends the session, whether the server hears of it or not; it rolls back what is open. */
  async end(): Promise<void> {
    this.onNotification = () => {};
    const timer = setTimeout(() => this.cut(), GOODBYE);
    await this.#client.end();
    clearTimeout(timer);
  }

  /** Ends it without a word to the server. */
  cut(): void {
    this.#client.connection.stream.destroy();
  }

  async #exchange(statements: readonly Statement[], onRows?: OnRows): Promise<Turn> {
    if (this.lost !== null) throw this.lost;
    const steps = statements.map((statement) => ({ statement, prepared: this.#take(statement.sql) }));
    const turn = new Turn(steps, this.#stale, onRows);
    this.#stale = [];
    const ended = new Deferred<void>();
    this.#running = { turn, ended };
    this.#client.ref();
    this.#client.query(turn);
    try {
      await ended.promise;
    } finally {
      this.#running = null;
      if (this.isLikeNew) this.#client.unref();
      this.#keep(turn);
      if (statements.some(({ sql }) => CHANGES_TABLES.test(sql))) this.onSchemaChange();
    }
    return turn;
  }

  /** A name for the statement, known already or new; what was used last goes last. Without a name it is for this once. */
  #take(sql: string): Prepared {
    if (LEAVES_TRACES.test(sql)) this.isLikeNew = false;
    if (!this.#place.prepares && LISTENS.test(sql)) throw this.#place.deaf();
    if (!this.#place.prepares || !WORTH_KEEPING.test(sql)) return { name: '', columns: null };
    const prepared = this.#prepared.get(sql) ?? { name: `w${++this.#named}`, columns: null };
    this.#prepared.delete(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  /** Forgets what was not prepared after all, what no longer fits, and what was not used for long. */
  #keep(turn: Turn): void {
    if (turn.failure !== null) {
      for (const { prepared, statement } of turn.unfinished) if (prepared.columns === null) this.#forget(statement.sql);
    }
    for (const sql of this.#prepared.keys()) {
      if (this.#prepared.size <= KEPT) break;
      this.#forget(sql);
    }
  }

  /** True when it was a prepared statement that failed, and preparing it anew may help. */
  #isOutOfDate({ failure, hasOld }: Turn): boolean {
    return hasOld && isOfServer(failure) && MAY_BE_STALE.has(failure.code);
  }

  #forget(sql: string): void {
    const prepared = this.#prepared.get(sql);
    if (prepared === undefined) return;
    this.#prepared.delete(sql);
    this.#stale.push(prepared.name);
  }

  /** No failure is that of a COMMIT which was none. */
  #toError(failure: unknown, sql: string | undefined): unknown {
    const afterwards = failure === null || (isOfServer(failure) && failure.code === ABORTED);
    if (isOfServer(failure) && MIXED_UP.has(failure.code) && OURS.test(failure.message)) return this.#place.mixedUp(failure);
    if (!afterwards) return isOfServer(failure) ? serverError(failure, sql) : failure;
    const cause = this.#first;
    const why = cause instanceof Error ? ` after an error: ${cause.message}` : '';
    return new OperationalError(`The transaction was rolled back${why}`, { code: ABORTED, sql, cause });
  }

  #end(reason: unknown): void {
    if (this.lost !== null) return;
    const said = this.#running?.turn.failure;
    this.lost = this.#place.lost(isOfServer(said) && ENDS_SESSION.test(said.code) ? said : reason);
    this.#running?.ended.reject(this.lost);
    this.onEnd();
    this.onLost(this.lost);
  }
}

/** A client that was let in; where one way is refused, the next may do. */
async function connect(place: ServerPlace, [config, ...others]: readonly object[]): Promise<PgClient> {
  const client = await makeClient(config!);
  place.isAt(client.host, client.port, client.user);
  // Also of a client that could not connect: an error nobody hears ends the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    // A server that waits for a password would wait on.
    void client.end();
    if (others.length > 0 && mayDoOtherwise(error)) return connect(place, others);
    throw place.refusal(error);
  }
}

function isOfServer(error: unknown): error is PgError {
  return error instanceof Error && 'severity' in error && 'code' in error;
}
