/** Read: Ranked within groups. A window function: the three worst delays of each airport. */
import { fn, SQL } from 'waxwing';
import { Flight } from '../data/models.ts';

const rank = fn.rowNumber().over({
  partitionBy: [Flight.origin],
  orderBy: [Flight.delay.desc()],
});

Flight.select(Flight.origin, Flight.destination, Flight.delay, rank.as('rank'))
  .where(Flight.delay.gt(60))
  .orderBy(SQL('rank'), Flight.delay.desc())
  .limit(1000)
  .dicts();
