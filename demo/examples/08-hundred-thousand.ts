/** Read: A hundred thousand rows. The grid holds them all, and draws only what you see. */
import { Flight } from '../data/models.ts';

// Every flight one could have changed to: same airport, later, within two hours.
const Next = Flight.alias('next');

Flight.select(
  Flight.origin,
  Flight.destination.as('via'),
  Next.destination.as('to'),
  Flight.departedAt,
  Next.departedAt.as('leavesAt'),
  Flight.distance.add(Next.distance).as('miles'),
)
  .join(Next, { on: Flight.destination.eq(Next.origin).and(Next.departedAt.gt(Flight.departedAt)) })
  .limit(100_000)
  .dicts();
