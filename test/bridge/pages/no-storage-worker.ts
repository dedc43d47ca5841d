/** The app's worker on a platform without IndexedDB. */
import './without-indexeddb.ts';
import './app-worker.ts';
