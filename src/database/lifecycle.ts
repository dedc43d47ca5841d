/** Opening and closing: one opening shared by all who need it, one link at a time. */
import type { Driver } from '../driver/driver.ts';
import { ConnectionClosedError, InterfaceError } from '../errors.ts';
import type { Statement } from '../wire/statement.ts';
import { Link } from './link.ts';

/** How a database is opened, decided by whoever owns the lifecycle. */
export interface Opener {
  /** Null until `init`. */
  readonly name: string | null;
  readonly autoconnect: boolean;
  open(name: string): Promise<Driver>;
  /** What was set since, for sessions that come later. */
  preamble(): readonly Statement[];
  /** Called with each opened driver, before anybody uses it. */
  opened(driver: Driver): void;
}

/** One attempt to open; whoever gave it up says why. */
interface Attempt {
  readonly link: Promise<Link>;
  /** The driver whose data it replaces; what it had open comes back when that fails. */
  readonly replaces?: Driver;
  reason: ConnectionClosedError | null;
}

export class Lifecycle {
  readonly #opener: Opener;
  #link: Link | null = null;
  #attempt: Attempt | null = null;
  /** Settles when all that was shut is closed; never rejects. */
  #closing: Promise<unknown> = Promise.resolve();
  /** Why nobody may use the database before `connect()`. */
  #barred: ConnectionClosedError | null = null;

  constructor(opener: Opener) {
    this.#opener = opener;
  }

  /** The link while the database is open. */
  get link(): Link | null {
    return this.#link;
  }

  /** True while an import replaces the data of an open database. */
  get replacing(): boolean {
    return this.#attempt?.replaces !== undefined;
  }

  /** The link, opened where that is allowed without `connect()`. */
  async ready(): Promise<Link> {
    if (this.#link !== null) return this.#link;
    if (this.#barred !== null) throw closed(this.#barred.message, this.#opener.name, this.#barred.cause);
    if (!this.#opener.autoconnect && this.#attempt === null) {
      throw new InterfaceError('Error, database connection not opened: call connect() first, or leave autoconnect on.');
    }
    return this.#open();
  }

  /** Opens the database; false when it was open. */
  async connect(): Promise<boolean> {
    if (this.#link !== null) return false;
    this.#barred = null;
    await this.#open();
    return true;
  }

  /**
   * Closes it; false when it was not open. What was called before finishes, open transactions roll back.
   * @throws what storing the last changes threw.
   */
  async close(): Promise<boolean> {
    const { name } = this.#opener;
    this.#barred ??= closed(`The database "${name ?? ''}" is closed: call connect() to open it again.`, name);
    const shutting = this.#shut(this.#barred);
    await (shutting ?? this.#closing);
    return shutting !== null;
  }

  /** Leaves what was open under the old name, which closes by itself; the next use opens anew. */
  reset(): void {
    this.#shut(closed('The database was given another name by init() meanwhile.', this.#opener.name))?.catch(() => {});
    this.#barred = null;
  }

  /**
   * Lets `work` replace the data. Statements called meanwhile wait for it; transactions that are open end for `reason`,
   * unless `work` fails and everything stays as it was.
   */
  async replace(work: (driver: Driver) => Promise<void>, reason: ConnectionClosedError): Promise<void> {
    const old = this.#link ?? (await this.ready());
    const done = work(old.driver);
    const attempt: Attempt = { link: this.#renewed(old, done, reason, () => attempt.reason), reason: null, replaces: old.driver };
    this.#link = null;
    this.#begin(attempt);
    await done;
  }

  /** The engine is gone. */
  lose(driver: Driver, error: Error): void {
    if (this.#link?.driver !== driver && this.#attempt?.replaces !== driver) return;
    const { name } = this.#opener;
    this.#barred = closed(
      `The engine of "${name ?? ''}" is gone: ${error.message} Call connect() to open the database again.`,
      name,
      error,
    );
    this.#shut(this.#barred)?.catch(() => {});
  }

  async #open(): Promise<Link> {
    const { name } = this.#opener;
    if (name === null) throw new InterfaceError('Error, database must be initialized before opening a connection.');
    if (this.#attempt === null) {
      const attempt: Attempt = { link: this.#opening(name, () => attempt.reason), reason: null };
      this.#begin(attempt);
    }
    return (this.#attempt as unknown as Attempt).link;
  }

  #begin(attempt: Attempt): void {
    this.#attempt = attempt;
    attempt.link.then(
      (link) => this.#arrive(attempt, link),
      () => this.#arrive(attempt, null),
    );
  }

  async #opening(name: string, abandoned: () => ConnectionClosedError | null): Promise<Link> {
    await this.#closing;
    const driver = await this.#opener.open(name);
    this.#opener.opened(driver);
    const link = new Link(driver, this.#opener.preamble);
    link.ended = abandoned();
    return link;
  }

  async #renewed(
    old: Link,
    done: Promise<void>,
    reason: ConnectionClosedError,
    abandoned: () => ConnectionClosedError | null,
  ): Promise<Link> {
    try {
      await done;
    } catch {
      // Nothing was replaced.
      old.ended = abandoned();
      return old;
    }
    void old.end(reason);
    const link = new Link(old.driver, this.#opener.preamble);
    link.ended = abandoned();
    return link;
  }

  #arrive(attempt: Attempt, link: Link | null): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    this.#link = link;
  }

  /** Ends the link, or the one being opened, after whatever else is closing; null when there is none. */
  #shut(reason: ConnectionClosedError): Promise<void> | null {
    const opening = this.#attempt?.link ?? (this.#link && Promise.resolve(this.#link));
    if (opening === null) return null;
    if (this.#attempt !== null) this.#attempt.reason = reason;
    if (this.#link !== null) this.#link.ended = reason;
    this.#attempt = null;
    this.#link = null;
    const before = this.#closing;
    const shutting = before
      .then(() => opening)
      .then(
        (link) => link.end(reason).then(() => link.driver.close()),
        () => {},
      );
    this.#closing = shutting.catch(() => {});
    return shutting;
  }
}

function closed(message: string, database: string | null, cause?: unknown): ConnectionClosedError {
  return new ConnectionClosedError(message, { cause, ...(database === null ? {} : { database }) });
}
