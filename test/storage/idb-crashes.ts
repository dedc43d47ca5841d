/** What the suites that stop IndexedDB share: a new name for each time, and faults that are over when their test is. */
import { afterEach } from 'vitest';
import { type Fault, IdbFaults, type Part } from './idb-faults.ts';

export interface IdbCrashes {
  /** A name nobody used before. */
  freshName(): string;
  /** From here on IndexedDB fails where `decide` says so, until `heal` or the end of the test. */
  inject(decide?: (part: Part, write: number) => Fault): IdbFaults;
  /** Everything works again. */
  heal(): void;
}

/** For one file of tests; `label` tells its databases from those of others. */
export function idbCrashes(label: string): IdbCrashes {
  const run = Math.random().toString(36).slice(2);
  let count = 0;
  let faults: IdbFaults | null = null;
  const heal = (): void => {
    faults?.end();
    faults = null;
  };
  afterEach(heal);
  return {
    freshName: () => `${label} ${run} ${++count}`,
    inject(decide) {
      faults = new IdbFaults(decide);
      return faults;
    },
    heal,
  };
}
