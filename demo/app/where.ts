/** What a visitor can choose: which engine, and where it keeps its data. */
import type { Choice } from '../parts/segmented.ts';

export type System = 'sqlite' | 'postgresql' | 'berkeley';
export type Place = 'indexeddb' | 'opfs' | 'memory';

export interface Where {
  readonly system: System;
  readonly place: Place;
}

export const SYSTEMS: readonly Choice<System>[] = [
  { value: 'sqlite', label: 'SQLite', title: 'SQLite, by sql.js' },
  { value: 'postgresql', label: 'Postgres', title: 'Postgres, by PGlite: 16 MB, loaded when it is chosen' },
  { value: 'berkeley', label: 'Berkeley DB', title: 'Files of Berkeley DB SQL, by sql.js: loaded when it is chosen' },
];

export const PLACES: readonly Choice<Place>[] = [
  { value: 'indexeddb', label: 'IndexedDB', title: 'Kept in this browser, in IndexedDB' },
  { value: 'opfs', label: 'OPFS', title: 'Kept in this browser, in its private file system' },
  { value: 'memory', label: 'Memory', title: 'Gone when this page closes' },
];

const KEYS = { system: 'waxwing-system', place: 'waxwing-place' } as const;

export const sameWhere = (a: Where, b: Where): boolean => a.system === b.system && a.place === b.place;

/** What people call an engine or a place. */
export function labelOf<V extends string>(choices: readonly Choice<V>[], value: V): string {
  return choices.find((choice) => choice.value === value)?.label ?? value;
}

/** Where the last visit left off. */
export function rememberedWhere(): Where {
  return { system: remembered(KEYS.system, SYSTEMS) ?? 'sqlite', place: remembered(KEYS.place, PLACES) ?? 'indexeddb' };
}

export function rememberWhere({ system, place }: Where): void {
  localStorage.setItem(KEYS.system, system);
  localStorage.setItem(KEYS.place, place);
}

function remembered<V extends string>(key: string, choices: readonly Choice<V>[]): V | undefined {
  const stored = localStorage.getItem(key);
  return choices.find(({ value }) => value === stored)?.value;
}
