/** Write: Get or create. Safe to run twice. */
import { show } from '../app/show.ts';
import { Airport, Sighting, Species } from '../data/models.ts';

const [waxwing, created] = await Species.getOrCreate({ title: 'Cedar waxwing' });
show(created ? 'New in the list' : 'It was there already', waxwing.title);

const airports = await Airport.select().where(Airport.state.eq('OR')).limit(30);
await Sighting.insertMany(airports.map((airport, i) => ({ airport, species: waxwing, birds: i + 1, note: 'In the hawthorn' })));

Sighting.select(Sighting, Airport).join(Airport).where(Sighting.species.eq(waxwing)).orderBy(Sighting.birds.desc());
