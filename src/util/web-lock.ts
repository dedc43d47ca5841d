/** An exclusive lock by name that is held until released, between all tabs and workers of an origin. */

/** How long a lock that a reloading or closing page still holds may linger, in milliseconds. */
const GRACE = 300;

const heldHere = new Map<string, symbol>();

/**
 * Takes the lock `name` and returns what releases it, or null when another holder kept it for `grace` milliseconds.
 * Where the platform has no Web Locks (Node, pages without TLS) the lock holds within this thread only.
 */
export function holdLock(name: string, grace: number = GRACE): Promise<(() => void) | null> {
  const locks = globalThis.navigator?.locks;
  return locks === undefined ? holdHere(name, grace) : holdWebLock(locks, name, grace);
}

function holdWebLock(locks: LockManager, name: string, grace: number): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), grace);
    const held = locks.request(
      name,
      { signal: patience.signal },
      () =>
        new Promise<void>((release) => {
          clearTimeout(timer);
          resolve(release);
        }),
    );
    held.catch((error: unknown) => {
      clearTimeout(timer);
      if (patience.signal.aborted) resolve(null);
      else reject(error);
    });
  });
}

async function holdHere(name: string, grace: number): Promise<(() => void) | null> {
  const deadline = Date.now() + grace;
  while (heldHere.has(name)) {
    if (Date.now() >= deadline) return null;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const holder = Symbol(name);
  heldHere.set(name, holder);
  return () => {
    if (heldHere.get(name) === holder) heldHere.delete(name);
  };
}

/** True once nobody holds the lock `name`; false when `signal` ended the waiting, or where there are no Web Locks. */
export async function whenReleased(name: string, signal: AbortSignal): Promise<boolean> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return false;
  try {
    return await locks.request(name, { signal }, () => true);
  } catch {
    return false;
  }
}
