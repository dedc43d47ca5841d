/** Read: Rows with their relations. Whole model rows; look at them as a tree. */
import { show } from '../app/show.ts';
import { Airport, Flight } from '../data/models.ts';

// Two keys lead to the same table: an alias tells them apart.
const To = Airport.alias('to');

const flights = await Flight.select(Flight, Airport, To)
  .join(Airport, { on: Flight.origin })
  .switch(Flight)
  .join(To, { on: Flight.destination })
  .where(Flight.distance.gt(2400))
  .orderBy(Flight.departedAt)
  .limit(200);

// Loaded: no await needed. The names are typed.
const first = flights[0]!;
show(`${first.origin.place} to ${first.destination.place}`, 'First');
flights;
