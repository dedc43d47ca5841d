/** Write: Create, change, delete. All three in one transaction. */
import { database } from '../app/database.ts';
import { Airport, Sighting, Species } from '../data/models.ts';

const goose = await Species.get(Species.title.eq('Canada goose'));
const seattle = await Airport.getById('SEA');

await database.atomic(async (tx) => {
  const seen = await tx(Sighting).create({ airport: seattle, species: goose, birds: 12 });
  seen.note = 'On the grass by runway 16L';
  await tx(seen).save(); // writes only what changed

  await tx(Sighting)
    .update({ birds: Sighting.birds.add(1) })
    .where(Sighting.id.eq(seen.id));
  await tx(Sighting).delete().where(Sighting.birds.gt(100));
});

Sighting.select(Sighting, Species, Airport).join(Species).switch(Sighting).join(Airport);
