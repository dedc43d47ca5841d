/** Read: From row to row. Lazy references and back references. */
import { show } from '../app/show.ts';
import { Airport, Flight } from '../data/models.ts';

const hobby = await Airport.getById('HOU');
const state = await hobby.state; // a query, because it was not joined
show(`${hobby.title} is in ${state?.title}`, 'Lazy');

// The other side of Flight.origin, as a query of its own.
hobby.departures.where(Flight.delay.gt(120)).orderBy(Flight.delay.desc());
