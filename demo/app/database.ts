/** The one database the models know: a stand-in that the playground points at whichever is chosen, kept in IndexedDB, OPFS or memory. */
import { DatabaseProxy } from 'waxwing';
import type { AnyDatabase } from './engines.ts';

export const database = new DatabaseProxy<AnyDatabase>();
