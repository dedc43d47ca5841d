/** Files for a visit without a network: the service worker keeps those of the page at once, and those of Postgres as they come. */

/** Resolves when the service worker sees what is fetched from now on; at once where there is none. */
export async function startKeeping(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('./sw.js');
    // A page that was loaded past it, by a forced reload say, never comes under it.
    if (navigator.serviceWorker.controller || registration.active?.state === 'activated') return;
    await new Promise<void>((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'redundant') resolve();
      });
    });
  } catch {
    // Private windows may refuse one: then the page works while there is a network.
  }
}
