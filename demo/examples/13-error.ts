/** Write: A refusal. What an error of the database looks like: its class says what happened. */

import { IntegrityError } from 'waxwing';
import { show } from '../app/show.ts';
import { Airport, State } from '../data/models.ts';

try {
  await State.create({ code: 'OR', title: 'Oregon, again' });
} catch (error) {
  if (!(error instanceof IntegrityError)) throw error;
  show({ constraint: error.constraint, table: error.table, columns: error.columns }, 'Caught');
}

// Not caught: the editor marks the line.
await Airport.getById('XXX');
