/** More: A model of your own. Defined, created, used and dropped again, right here. */

import { CharField, ForeignKeyField, IntegerField } from 'waxwing';
import { database } from '../app/database.ts';
import { show } from '../app/show.ts';
import { Airport, BaseModel } from '../data/models.ts';

class Tower extends BaseModel.define('tower', {
  airport: ForeignKeyField(() => Airport, { unique: true }),
  callSign: CharField(),
  metres: IntegerField(),
}) {
  get tall() {
    return this.metres > 90;
  }
}

await database.createTables([Tower]);
await Tower.insertMany([
  { airport: 'ATL', callSign: 'Atlanta Tower', metres: 121 },
  { airport: 'MEM', callSign: 'Memphis Tower', metres: 102 },
  { airport: 'SEA', callSign: 'Seattle Tower', metres: 71 },
]);

const towers = await Tower.select(Tower, Airport).join(Airport).orderBy(Tower.metres.desc());
show(
  towers.filter((tower) => tower.tall).map((tower) => tower.airport.city),
  'Tall ones',
);
await database.dropTables([Tower]);
towers;
