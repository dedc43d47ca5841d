/** Read: Queries inside queries. A subquery as a value and as a set. */
import { fn } from 'waxwing';
import { Airport, Flight, Strike } from '../data/models.ts';

const struck = Strike.select(Strike.airport).where(Strike.damage.eq('Substantial'));
const average = Flight.select(fn.avg(Flight.distance));

// Long flights to airports where birds did real damage.
Flight.select(Flight, Airport)
  .join(Airport, { on: Flight.destination })
  .where(Flight.destination.in(struck), Flight.distance.gt(average))
  .orderBy(Flight.distance.desc())
  .limit(500);
