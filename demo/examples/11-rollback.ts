/** Write: Change of mind. A transaction rolled back, and a savepoint inside it. */

import { database } from '../app/database.ts';
import { show } from '../app/show.ts';
import { Flight } from '../data/models.ts';

show(await Flight.select().count(), 'Before');

let outside: Promise<number> | undefined;
await database.atomic(async (tx) => {
  await tx(Flight).delete().where(Flight.delay.gt(0));
  show(await tx(Flight).select().count(), 'Inside: only flights on time');
  // Not awaited here: SQLite answers at once; Postgres has one session in a browser, and answers when this is over.
  outside = Flight.select().count();

  await tx.atomic(async (inner) => {
    await inner(Flight).delete();
    await inner.rollback();
  });
  show(await tx(Flight).select().count(), 'After the savepoint');
  await tx.rollback();
});

show(await outside, 'Outside, meanwhile');
show(await Flight.select().count(), 'And after all');
