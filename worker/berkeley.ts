/** The worker of one Berkeley database: the engine, its storage, and nothing else. */
import { serve } from '../src/bridge/serve.ts';
import { openHere } from '../src/driver/open-berkeley.ts';

serve(globalThis as never, openHere);
