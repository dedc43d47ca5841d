/** A card of the storage screen: it shows part of the storage's state. */
import type { StorageState } from '../app/session.ts';

export interface StateCard {
  readonly element: HTMLElement;
  draw(state: StorageState): void;
}
