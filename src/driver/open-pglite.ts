/** Opens a Postgres database in this thread: its storage and its engine are fetched side by side. */
import { openCluster } from '../storage/open-cluster.ts';
import type { OpenDriver } from './driver.ts';
import { openPglite } from './pglite.ts';

/** Storage and engine together. Entries import this file late, so that a page whose engine is in a worker never loads it. */
export const openHere: OpenDriver = async (options) => openPglite(options, openCluster(options.storage, options));
