/** Opens a SQLite database in this thread: its storage and its engine are fetched side by side. */
import { openBackend } from '../storage/open.ts';
import type { OpenDriver } from './driver.ts';
import { openSqlJs } from './open-with.ts';

/** Storage and engine together. Entries import this file late, so that a page whose engine is in a worker never loads it. */
export const openHere: OpenDriver = async (options) => openSqlJs(options, openBackend(options.storage, options));
