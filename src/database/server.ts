/** Whether a name and options mean a server, and which. */
import type { Server } from '../driver/driver.ts';
import { ImproperlyConfigured } from '../errors.ts';

const URL_OF_SERVER = /^postgres(ql)?:\/\//i;

/** What a name says: a database's own name and, when it was a URL, that. Errors name databases, and a URL may hold a password. */
export function readName(name: string | null): { readonly name: string | null; readonly url?: string } {
  if (typeof name !== 'string' || !URL_OF_SERVER.test(name)) return { name };
  return { name: nameIn(name), url: name };
}

/** The server that the options mean; undefined when they mean an engine here. */
export function serverOf({ url, host, port, user, password, ssl, prepare }: Server): Server | undefined {
  const server = { url, host, port, user, password, ssl, prepare };
  return Object.values(server).some((value) => value !== undefined) ? server : undefined;
}

function nameIn(text: string): string {
  try {
    const { pathname, username } = new URL(text);
    // As Postgres does: without a name it is the user's.
    return decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username) || 'postgres';
  } catch {
    // What was thrown repeats the URL.
    throw new ImproperlyConfigured('This is no URL of a server: it looks like postgresql://user:password@host:5432/name.');
  }
}
