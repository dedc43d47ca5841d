/** The worker of one Postgres database: the engine, its storage, and nothing else. */
import { serve } from '../src/bridge/serve.ts';
import { openHere } from '../src/driver/open-pglite.ts';

serve(globalThis as never, openHere);
