/** Read: Streaming. Rows one by one while the engine still reads; stop whenever you like. */
import { show } from '../app/show.ts';
import { Flight } from '../data/models.ts';

let miles = 0;
let flights = 0;
for await (const flight of Flight.select().orderBy(Flight.departedAt)) {
  miles += flight.distance;
  flights += 1;
  if (miles > 1_000_000) break;
}
show({ flights, miles }, 'A million miles');
