/** Kills the whole browser at random moments while Postgres writes, opens the database again and looks. KILLS=50 for the long form. */
import { killSuite } from './kill-suite.ts';

killSuite('pglite');
