/** Reads 10 MB from IndexedDB by `getAll`, in a worker as well: from opening the store to the bytes. */

import { tell } from './cold-open.ts';

tell(new Worker(new URL('./cold-open-running-getall-worker.ts', import.meta.url), { type: 'module' }));
