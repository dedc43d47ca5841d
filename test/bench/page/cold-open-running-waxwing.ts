/** Opens a stored database of 10 MB in a worker whose engine runs already: from the call to its first row. */

import { tell } from './cold-open.ts';

tell(new Worker(new URL('./cold-open-running-waxwing-worker.ts', import.meta.url), { type: 'module' }));
