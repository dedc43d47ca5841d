/** Read: By hour of the day. Parts of dates, and a sum over a condition. */
import { Case, fn } from 'waxwing';
import { Flight } from '../data/models.ts';

const late = Case(null, [[Flight.delay.gte(15), 1]], 0);

Flight.select(
  Flight.departedAt.hour.as('hour'),
  fn.count(Flight.id).as('flights'),
  fn.sum(late).as('late'),
  fn.round(fn.avg(Flight.delay), 1).as('averageDelay'),
)
  .groupBy(Flight.departedAt.hour)
  .orderBy(Flight.departedAt.hour)
  .dicts();
