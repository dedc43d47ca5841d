/** Opens a Berkeley database in this thread: its storage and its engine are fetched side by side. */
import { openBerkeley } from '../storage/bdb/open-berkeley.ts';
import { BerkeleyDriver } from './berkeley.ts';
import type { OpenDriver } from './driver.ts';
import { openWith } from './open-with.ts';

/** Storage and engine together. Entries import this file late, so that a page whose engine is in a worker never loads it. */
export const openHere: OpenDriver = async (options) => openWith(BerkeleyDriver, options, openBerkeley(options.storage, options));
