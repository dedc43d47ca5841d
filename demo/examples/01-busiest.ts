/** Read: Busiest airports. A join, an aggregate, an order. */
import { fn } from 'waxwing';
import { Airport, Flight } from '../data/models.ts';

// Which airports did most flights leave from, and how late were they?
Airport.select(
  Airport.iata,
  Airport.city,
  fn.count(Flight.id).as('flights'),
  fn.round(fn.avg(Flight.delay), 1).as('averageDelay'),
  fn.max(Flight.delay).as('worst'),
)
  .join(Flight, { on: Flight.origin })
  .groupBy(Airport.iata)
  .orderBy(fn.count(Flight.id).desc())
  .limit(50)
  .dicts();
