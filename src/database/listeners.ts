/** Who listens to which channels of Postgres, and the connection they share for it. */
import { listen, unlisten } from '../dialect/postgres/settings.ts';
import type { Connection, Notification } from '../driver/driver.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { Statement } from '../wire/statement.ts';
import type { Link } from './link.ts';
import { Notifications } from './notifications.ts';
import type { Host } from './scope.ts';

/** The connection of one opening on which channels are listened to. */
interface Line {
  readonly link: Link;
  readonly connection: Connection;
  readonly channels: Map<string, Channel>;
  readonly forget: () => void;
}

interface Channel {
  readonly inboxes: Set<Notifications>;
  readonly begun: Promise<unknown>;
}

export class Listeners {
  readonly #host: Host;
  #line: Line | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Listens from now on; what comes waits until it is asked for. */
  listen(channel: string): Notifications {
    return new Notifications({
      join: (inbox) => this.#join(channel, inbox),
      leave: (inbox) => this.#leave(channel, inbox),
      fail: (error) => this.#host.fail(error),
    });
  }

  /** Ends all loops as if they had been left: the database is being closed. */
  end(): void {
    const line = this.#line;
    if (line === null) return;
    for (const { inboxes } of line.channels.values()) for (const inbox of [...inboxes]) void inbox.return();
  }

  async #join(channel: string, inbox: Notifications): Promise<void> {
    const begin = listen(channel);
    const opened = this.#host.link();
    // Not awaited when it is open: what is said in the same turn shall come after this.
    const link = opened instanceof Promise ? await opened : opened;
    const line = this.#line?.link === link ? this.#line : this.#open(link);
    const known = line.channels.get(channel);
    const joined = known ?? { inboxes: new Set(), begun: this.#send(line, begin) };
    line.channels.set(channel, joined);
    joined.inboxes.add(inbox);
    try {
      await joined.begun;
    } catch (error) {
      await this.#leave(channel, inbox);
      throw error;
    }
  }

  async #leave(channel: string, inbox: Notifications): Promise<void> {
    const line = this.#line;
    const known = line?.channels.get(channel);
    if (line === null || !known?.inboxes.delete(inbox) || known.inboxes.size > 0) return;
    line.channels.delete(channel);
    // Both called in this turn, so that whoever listens next comes after them.
    const left = this.#send(line, unlisten(channel));
    const released = line.channels.size > 0 ? null : this.#release(line);
    // Who lost the database hears nothing more in any case.
    await Promise.allSettled([left, released]);
  }

  /** The server ended the session that listened: all who wait are told, for nobody knows what was sent meanwhile. */
  #lose(line: Line, error: ConnectionClosedError): void {
    for (const [channel, { inboxes }] of line.channels) for (const inbox of inboxes) inbox.fail(deaf(channel, error));
    this.#release(line).catch(() => {});
  }

  #open(link: Link): Line {
    const channels = new Map<string, Channel>();
    const hear = (notification: Notification): void => {
      for (const inbox of channels.get(notification.channel)?.inboxes ?? []) inbox.take(notification);
    };
    const unhear = link.driver.on('notification', hear);
    const unhook = link.onEnd((reason) => {
      this.#forget(line);
      for (const { inboxes } of channels.values()) for (const inbox of inboxes) inbox.fail(reason);
    });
    const onLost = (error: ConnectionClosedError): void => this.#lose(line, error);
    const forget = (): void => {
      unhear();
      unhook();
    };
    const line: Line = { link, connection: link.take({ label: 'a listener', onLost }), channels, forget };
    this.#line = line;
    return line;
  }

  #release(line: Line): Promise<void> {
    this.#forget(line);
    return line.link.release(line.connection);
  }

  #forget(line: Line): void {
    line.forget();
    if (this.#line === line) this.#line = null;
  }

  #send({ link, connection }: Line, statement: Statement): Promise<unknown> {
    return this.#host.send(link, connection, { statements: [statement] });
  }
}

function deaf(channel: string, { message, code, cause }: ConnectionClosedError): ConnectionClosedError {
  const text = `Nothing is heard on "${channel}" any more: ${message} Listen again, and look for what was sent meanwhile.`;
  return new ConnectionClosedError(text, { code, cause });
}
