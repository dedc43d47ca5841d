/** More: SQL by hand. For what is easier said that way; values are still bound. */
import { database } from '../app/database.ts';

await database.executeSql(
  `WITH RECURSIVE hop(airport, stops, path) AS (
     SELECT CAST(? AS TEXT), 0, CAST(? AS TEXT)
     UNION
     SELECT flight.destination_id, hop.stops + 1, hop.path || ' › ' || flight.destination_id
       FROM hop JOIN flight ON flight.origin_id = hop.airport
      WHERE hop.stops < 2 AND flight.distance > 1500
   )
   SELECT stops, path FROM hop WHERE stops > 0 ORDER BY stops, path`,
  ['SEA', 'SEA'],
);
