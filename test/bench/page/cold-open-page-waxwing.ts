/** From an empty page to the first row of a stored database of 10 MB. Time runs from the navigation. */

import { firstRow, makeStored } from './cold-open-waxwing.ts';

const name = 'bench-open-page';

async function main(): Promise<void> {
  await (location.search === '?make' ? makeStored(name) : firstRow(name));
  document.title = `ready ${performance.now()}`;
}

void main();
