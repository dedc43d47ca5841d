/** The URL of a server, read as libpq reads it. Postgres manual, "Connection URIs". */
import { ImproperlyConfigured } from '../errors.ts';
import { type Tls, takeTls } from './node-postgres-tls.ts';

/** What a URL says. */
export interface ReadUrl {
  /** Options of pg's client; what the URL does not say is not among them. */
  readonly options: Readonly<Record<string, string>>;
  /** How to connect, in order; undefined when it does not say. */
  readonly tls: readonly Tls[] | undefined;
}

/** @throws ImproperlyConfigured when it is no such URL; the message does not repeat it, for it may hold a password. */
export function readUrl(text: string): ReadUrl {
  let url: URL;
  try {
    url = new URL(text);
    decodeURIComponent(`${url.hostname}/${url.username}/${url.password}/${url.pathname}`);
  } catch {
    throw new ImproperlyConfigured('This is no URL of a server: it looks like postgresql://user:password@host:5432/name.');
  }
  const params = url.searchParams;
  const tls = takeTls(params);
  const said = {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
  const all = Object.entries({ ...said, ...Object.fromEntries(params) });
  return { options: Object.fromEntries(all.filter(([, value]) => value !== '')), tls };
}
