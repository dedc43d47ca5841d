/** The sessions of one database on a server: few, handed from one user to the next. */
import { OperationalError } from '../errors.ts';
import { Deferred } from '../util/deferred.ts';
import type { DriverValue, Statement } from '../wire/statement.ts';
import type { ServerPlace } from './node-postgres-place.ts';
import { GOODBYE, Session } from './node-postgres-session.ts';

/** The most sessions that work at a time; a server lets about a hundred in, of all its users. */
const MOST = 20;
/** Milliseconds after which a session that nobody needs is ended. */
const IDLE = 30_000;

interface Waiter {
  readonly resolve: (session: Session | Promise<Session>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface Spare {
  readonly session: Session;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class SessionPool {
  readonly place: ServerPlace;
  /** Told of each new session. */
  onOpen: (session: Session) => void = () => {};
  readonly #setup: readonly string[];
  readonly #patience: number;
  readonly #all = new Set<Session>();
  readonly #spare: Spare[] = [];
  readonly #waiters: Waiter[] = [];
  /** Sessions that somebody has, or that are on their way. */
  #taken = 0;
  #aside: Promise<Session> | null = null;
  #closed: Error | null = null;

  /** `setup` is run on each new session; `patience` are the milliseconds somebody waits for one. */
  constructor(place: ServerPlace, setup: readonly string[], patience: number) {
    this.place = place;
    this.#setup = setup;
    this.#patience = patience;
  }

  /** A session that is as good as new. @throws OperationalError when there is none to be had */
  async take(): Promise<Session> {
    if (this.#closed !== null) throw this.#closed;
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop()) {
      clearTimeout(spare.timer);
      if (spare.session.lost !== null) continue;
      this.#taken++;
      return spare.session;
    }
    if (this.#taken < MOST) return this.#open();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(this.#noneFree());
      }, this.#patience);
      const waiter: Waiter = { resolve, reject, timer };
      this.#waiters.push(waiter);
    });
  }

  /** True when a session can be had without waiting for its present user. */
  get hasRoom(): boolean {
    return this.#closed === null && (this.#spare.length > 0 || this.#taken < MOST);
  }

  /** Gives a session back; what is open on it is rolled back before this resolves. */
  async give(session: Session): Promise<void> {
    const isNew = session.isLikeNew;
    session.onLost = () => {};
    try {
      if (session.lost === null && session.status !== 'I') await session.run([{ sql: 'ROLLBACK', mode: 'end' }]);
    } catch {
      // The server rolls back what it cannot tell anybody of.
    }
    if (isNew && session.isReusable) return this.#pass(session);
    void this.#renew(session);
  }

  /** Runs a statement beside all others: for looking after those that wait. */
  async aside(sql: string, params: readonly DriverValue[]): Promise<readonly (readonly DriverValue[])[]> {
    this.#aside ??= this.#openAside();
    const opening = this.#aside;
    try {
      const statement: Statement = { sql, params, mode: 'read' };
      const [outcome] = await (await opening).run([statement]);
      const { length, data } = outcome!.rows;
      return Array.from({ length }, (_, row) => data.map((column) => column[row]!));
    } catch (error) {
      if (this.#aside === opening) this.#aside = null;
      throw error;
    }
  }

  /** Ends all sessions; whoever waits for one hears `error`. */
  async close(error: Error): Promise<void> {
    this.#closed = error;
    for (const { timer } of this.#spare.splice(0)) clearTimeout(timer);
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(error);
    }
    const late = new Deferred<void>();
    const timer = setTimeout(() => late.resolve(), GOODBYE);
    await Promise.race([this.#aside?.catch(() => {}), late.promise]);
    clearTimeout(timer);
    await Promise.all([...this.#all].map((session) => session.end()));
  }

  async #open(): Promise<Session> {
    this.#taken++;
    try {
      return await this.#track(Session.open(this.place, this.#setup));
    } catch (error) {
      this.#taken--;
      this.#next();
      throw error;
    }
  }

  async #openAside(): Promise<Session> {
    const session = await this.#track(Session.open(this.place, this.#setup));
    session.onLost = () => {
      this.#aside = null;
    };
    return session;
  }

  async #track(opening: Promise<Session>): Promise<Session> {
    const session = await opening;
    if (this.#closed !== null) {
      await session.end();
      throw this.#closed;
    }
    this.#all.add(session);
    session.onEnd = () => this.#all.delete(session);
    session.onSchemaChange = () => {
      for (const one of this.#all) one.forgetPrepared();
    };
    this.onOpen(session);
    return session;
  }

  async #renew(session: Session): Promise<void> {
    try {
      if (session.lost === null) await session.reset(this.#setup);
    } catch {
      // Not as good as new: it goes.
    }
    if (session.isReusable) return this.#pass(session);
    this.#taken--;
    this.#next();
    if (session.lost === null) await session.end();
  }

  /** Hands the session to whoever waits longest, or keeps it. */
  #pass(session: Session): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      clearTimeout(waiter.timer);
      return waiter.resolve(session);
    }
    this.#taken--;
    if (this.#closed !== null) return;
    const timer = setTimeout(() => {
      this.#spare.splice(this.#spare.indexOf(spare), 1);
      void session.end();
    }, IDLE);
    timer.unref?.();
    const spare: Spare = { session, timer };
    this.#spare.push(spare);
  }

  /** There is room for one more. */
  #next(): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    clearTimeout(waiter.timer);
    waiter.resolve(this.#open());
  }

  #noneFree(): OperationalError {
    return new OperationalError(
      `All ${MOST} connections to ${this.place.where} are in use, and none came free within ${this.#patience} ms: ` +
        'end transactions sooner, and do not begin one inside another.',
      { database: this.place.database },
    );
  }
}
