/** Read: Into JSON. Typed paths into a JSON column. */
import { fn } from 'waxwing';
import { Species, Strike } from '../data/models.ts';

const { circumstances } = Strike;

Strike.select(
  Species.title.as('species'),
  circumstances.path('phase').as('phase'),
  fn.count(Strike.id).as('strikes'),
  fn.max(circumstances.path('knots')).as('fastest'),
  fn.sum(circumstances.path('cost').path('repair')).as('repairs'),
)
  .join(Species)
  .where(circumstances.path('light').eq('Dusk'))
  .groupBy(Species.title, circumstances.path('phase'))
  .orderBy(fn.count(Strike.id).desc())
  .dicts();
