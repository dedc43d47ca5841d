/** The worker of one Berkeley database: the engine, its storage, and nothing else. */
import { serve } from '../src/bridge/serve.ts';
import { openHere } from '../src/driver/open-berkeley.ts';
import { importEngine } from '../src/driver/sqljs-engine.ts';

serve(globalThis as never, openHere);
// Its script is fetched while the page's first call is on its way; where it cannot be had, the opening of a database says so.
importEngine().catch(() => {});
