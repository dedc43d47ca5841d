/** An exclusive lock by name that is held until released, between all tabs and workers of an origin. */

/** How long a lock that a reloading or closing page still holds may linger, in milliseconds. */
const GRACE = 300;
const RETRY = 20;

type Release = () => void;

const heldHere = new Set<string>();

/**
 * Takes the lock `name` and returns what releases it, or null when another holder keeps it for `grace` milliseconds.
 * Where the platform has no Web Locks (Node, pages without TLS) the lock holds within this thread only.
 */
export async function holdLock(name: string, grace: number = GRACE): Promise<Release | null> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  const attempt = (): Promise<Release | null> => (locks === undefined ? tryHere(name) : tryWebLock(locks, name));
  let release = await attempt();
  // Counted from the first answer: that a busy machine is slow to give one does not mean that the lock is held.
  for (const deadline = Date.now() + grace; release === null && Date.now() < deadline; release = await attempt()) {
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
  return release;
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

function tryWebLock(locks: LockManager, name: string): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock !== null) return new Promise<void>((release) => resolve(release));
      resolve(null);
      return undefined;
    });
    held.catch(reject);
  });
}

async function tryHere(name: string): Promise<Release | null> {
  if (heldHere.has(name)) return null;
  heldHere.add(name);
  let isHeld = true;
  return () => {
    if (isHeld) heldHere.delete(name);
    isHeld = false;
  };
}
