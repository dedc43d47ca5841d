/** The same three statements as cold-waxwing.ts, on sql.js as its manual shows it. */

import { loadSqlJs } from './sqljs.ts';

const { Database } = await loadSqlJs();
const database = new Database();
database.run('CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, number INTEGER NOT NULL)');
database.run('INSERT INTO item (number) VALUES (?)', [1]);
postMessage(database.exec('SELECT id, number FROM item'));
