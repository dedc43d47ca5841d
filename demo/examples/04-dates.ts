/** Read: By hour of the day. Parts of dates, and a sum over a condition. */
import { fn } from 'waxwing';
import { Flight } from '../data/models.ts';

Flight.select(
  Flight.departedAt.hour.as('hour'),
  fn.count(Flight.id).as('flights'),
  fn.sum(Flight.delay.gte(15)).as('late'),
  fn.round(fn.avg(Flight.delay), 1).as('averageDelay'),
)
  .groupBy(Flight.departedAt.hour)
  .orderBy(Flight.departedAt.hour)
  .dicts();
