/** The worker of one database: the engine, its storage, and nothing else. */
import { serve } from '../src/bridge/serve.ts';
import { openHere } from '../src/driver/open-sqljs.ts';

serve(globalThis as never, openHere);
