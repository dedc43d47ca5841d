/** Transactions: beginning, nesting, ending, and what goes wrong meanwhile. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../../src/database/transaction.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import {
  DeadlockError,
  ImproperlyConfigured,
  IntegrityError,
  InterfaceError,
  LockTimeoutError,
  ProgrammingError,
} from '../../src/errors.ts';
import type { Database } from '../../src/index.ts';
import type { Executor } from '../../src/query/executor.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from '../database/rejection.ts';
import { note, reference, table } from '../database/tables.ts';

const child = table('child', [reference('parent', 'note', { deferrable: 'INITIALLY DEFERRED' })]);

let db: Database;
const statements: string[] = [];

const add = (executor: Executor, text: string) =>
  executor.run({ statements: [db.dialect.raw('INSERT INTO note (text) VALUES (?)', [text])] });
const change = (executor: Executor) => executor.run({ statements: [db.dialect.raw("UPDATE note SET text = 'changed'", [])] });
const bad = (executor: Executor) => executor.run({ statements: [{ sql: 'INSERT INTO nowhere VALUES (1)', mode: 'write' }] });

async function texts(executor: Executor = db): Promise<unknown[]> {
  const [outcome] = await executor.run({ statements: [{ sql: 'SELECT text FROM note ORDER BY id', mode: 'read' }] });
  return [...outcome!.rows.data[0]!];
}

class Oops extends Error {}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open({ lockTimeout: 100 });
    db = opened.database;
    db.on('query', ({ sql }) => statements.push(sql));
  });
  beforeEach(async () => {
    await db.createTables([note]);
    statements.length = 0;
  });
  afterEach(() => db.dropTables([child, note]));
  afterAll(() => opened.discard());

  describe('atomic', () => {
    test('commits, and hands over what the body returns', async () => {
      expect(
        await db.atomic(async (tx) => {
          await add(tx, 'a');
          return 7;
        }),
      ).toBe(7);
      expect(await texts()).toEqual(['a']);
    });

    test('runs SQL as it is written, in it and undone with it', async () => {
      const seen = await db.atomic(async (tx) => {
        expect((await tx.executeSql('INSERT INTO note (text) VALUES (?)', ['a'])).changes).toBe(1);
        await tx
          .atomic(async (inner) => {
            await inner.executeSql("INSERT INTO note (text) VALUES ('b')");
            throw new Oops();
          })
          .catch(() => {});
        return (await tx.executeSql('SELECT text FROM note')).rows;
      });
      expect(seen).toEqual([['a']]);
      expect(await texts()).toEqual(['a']);
    });

    test('rolls back when the body rejects or throws, and throws that very error', async () => {
      const oops = new Oops();
      expect(
        await rejection(
          db.atomic(async (tx) => {
            await add(tx, 'a');
            throw oops;
          }),
        ),
      ).toBe(oops);
      expect(
        await rejection(
          db.atomic(() => {
            throw oops;
          }),
        ),
      ).toBe(oops);
      expect(await texts()).toEqual([]);
    });

    test("throws the body's error even when the rollback fails", async () => {
      const oops = new Oops();
      const own = await open();
      await own.database.createTables([note]);
      expect(
        await rejection(
          own.database.atomic(async (tx) => {
            await add(tx, 'a');
            await own.database.close();
            throw oops;
          }),
        ),
      ).toBe(oops);
      await own.discard();
    });

    test('a body that never uses tx asks nothing of the database', async () => {
      expect(await db.atomic(() => 1)).toBe(1);
      expect(statements).toEqual([]);
      const closed = new SqliteDatabase(null);
      expect(await closed.atomic(async () => 2)).toBe(2);
    });

    test('begins with its first statement', async () => {
      await db.atomic(async (tx) => {
        expect(statements).toEqual([]);
        await add(tx, 'a');
        expect(statements[0]).toMatch(/^BEGIN/);
        expect(statements).toHaveLength(2);
      });
      expect(statements).toHaveLength(3);
    });

    test('runs statements called at once in the order of the calls', async () => {
      const letters = [...'abcdefgh'];
      await db.atomic((tx) => Promise.all(letters.map((letter) => add(tx, letter))));
      expect(await texts()).toEqual(letters);
      expect(statements.filter((sql) => sql.startsWith('BEGIN'))).toHaveLength(1);
    });

    test('of several first statements at once a bad one is only its own affair', async () => {
      await db.atomic(async (tx) => {
        const [first, second, third] = await Promise.allSettled([bad(tx), add(tx, 'b'), add(tx, 'c')]);
        expect([first.status, second.status, third.status]).toEqual(['rejected', 'fulfilled', 'fulfilled']);
      });
      expect(await texts()).toEqual(['b', 'c']);
    });

    test('is not seen by others before it ends, and sees itself', async () => {
      await db.atomic(async (tx) => {
        await add(tx, 'a');
        expect(await texts(tx)).toEqual(['a']);
        if (supports.readersBesideWriters) expect(await texts()).toEqual([]);
      });
      expect(await texts()).toEqual(['a']);
    });

    test('using tx after the end is an error that says so', async () => {
      let kept: Transaction | undefined;
      await db.atomic(async (tx) => {
        kept = tx;
        await add(tx, 'a');
      });
      const tx = kept as Transaction;
      for (const use of [
        () => add(tx, 'b'),
        () => tx.stream({ sql: 'SELECT 1', mode: 'read' })[Symbol.asyncIterator]().next(),
        () => tx.atomic(async () => {}),
        () => tx.commit(),
        () => tx.rollback(),
      ]) {
        const error = await rejection(use());
        expect(error).toBeInstanceOf(InterfaceError);
        expect(error.message).toContain('has ended');
      }
      expect(await texts()).toEqual(['a']);
    });

    test('commit and rollback in the body start anew', async () => {
      await rejection(
        db.atomic(async (tx) => {
          await add(tx, 'a');
          await tx.commit();
          expect(await texts()).toEqual(['a']);
          await add(tx, 'b');
          await tx.rollback();
          await tx.rollback();
          await add(tx, 'c');
          await tx.commit();
          await add(tx, 'd');
          throw new Oops();
        }),
      );
      expect(await texts()).toEqual(['a', 'c']);
    });

    test('what the commit refuses is thrown, and nothing stays behind', async () => {
      await db.createTables([child]);
      const error = await rejection(
        db.atomic(async (tx) => {
          await tx.run({ statements: [{ sql: 'INSERT INTO child (parent) VALUES (99)', mode: 'write' }] });
        }),
      );
      expect(error).toBeInstanceOf(IntegrityError);
      expect(error.constraint).toBe('foreignKey');
      expect((await db.executeSql('SELECT count(*) FROM child')).scalar()).toBe(0);
      await add(db, 'the lock is free');
    });

    test.runIf(supports.readersBesideWriters)('reads one snapshot in read mode, and waits for nobody', async () => {
      await add(db, 'a');
      await db.atomic(async (writer) => {
        await add(writer, 'b');
        await db.atomic(
          async (reader) => {
            expect(await texts(reader)).toEqual(['a']);
            await writer.commit();
            expect(await texts()).toEqual(['a', 'b']);
            expect(await texts(reader)).toEqual(['a']);
          },
          { mode: 'read' },
        );
      });
    });

    test.runIf(!supports.writersSideBySide)('two at once run one after the other', async () => {
      const order: string[] = [];
      await Promise.all(
        ['a', 'b'].map((name) =>
          db.atomic(async (tx) => {
            await add(tx, `${name}1`);
            order.push(name);
            await add(tx, `${name}2`);
          }),
        ),
      );
      expect(order).toEqual(['a', 'b']);
      expect(await texts()).toEqual(['a1', 'a2', 'b1', 'b2']);
    });

    test('a write outside that waits for the transaction it is made in is found out', async () => {
      await add(db, 'a');
      const error = await rejection(
        db.atomic(async (tx) => {
          await change(tx);
          await change(db);
        }),
      );
      expect(error).toBeInstanceOf(DeadlockError);
      expect(error.message).toMatch(/tx\(/);
      expect(await texts()).toEqual(['a']);
    });

    test('whoever waits too long is told who holds the lock', async () => {
      await add(db, 'a');
      await db.atomic(
        async (tx) => {
          await change(tx);
          let busy = true;
          const others = Promise.all(
            [1, 2].map(() =>
              rejection(db.atomic((other) => Promise.all([change(other), add(other, 'c')]), { label: 'the other' })),
            ),
          );
          void others.then(() => {
            busy = false;
          });
          while (busy) {
            await texts(tx);
            await new Promise((resolve) => setTimeout(resolve));
          }
          for (const error of await others) {
            expect(error).toBeInstanceOf(LockTimeoutError);
            expect(error.message).toContain('the import');
          }
        },
        { label: 'the import' },
      );
      expect(await texts()).toEqual(['changed']);
    });

    test('streams its own rows', async () => {
      await db.atomic(async (tx) => {
        for (const text of 'abc') await add(tx, text);
        const seen: unknown[] = [];
        for await (const slice of tx.stream({ sql: 'SELECT text FROM note ORDER BY id', mode: 'read' }, 2)) {
          seen.push(...slice.data[0]!);
        }
        expect(seen).toEqual(['a', 'b', 'c']);
      });
    });

    test('hands slices of a first statement to the right listener', async () => {
      await add(db, 'a');
      const seen: [number, unknown[]][] = [];
      await db.atomic((tx) =>
        tx.run(
          {
            statements: [
              { sql: 'SELECT text FROM note', mode: 'read' },
              { sql: 'SELECT 2', mode: 'read' },
            ],
          },
          (index, rows) => seen.push([index, [...rows.data[0]!]]),
        ),
      );
      expect(seen).toEqual([
        [0, ['a']],
        [1, [2]],
      ]);
    });

    test('statements that belong together are undone together', async () => {
      await db.atomic(async (tx) => {
        await add(tx, 'a');
        const insert = db.dialect.raw('INSERT INTO note (text) VALUES (?)', ['b']);
        const wrong = { sql: 'INSERT INTO nowhere VALUES (1)', mode: 'write' } as const;
        await rejection(tx.run({ statements: [insert, wrong], bracket: db.dialect.bracket }));
        await tx.run({ statements: [insert, insert], bracket: db.dialect.bracket });
      });
      expect(await texts()).toEqual(['a', 'b', 'b']);
    });
  });

  describe('tx(…)', () => {
    test('asks the target for a view of itself on the transaction', async () => {
      const model = { '~bind': (executor: Executor) => ({ executor }) };
      await db.atomic((tx) => {
        expect(tx(model)).toEqual({ executor: tx });
        expect(() => tx({})).toThrow(ImproperlyConfigured);
        expect(() => tx(null as never)).toThrow(ImproperlyConfigured);
      });
    });

    test('is an executor', () =>
      db.atomic((tx) => {
        expect(tx.name).toBe(db.name);
        expect(tx.dialect).toBe(db.dialect);
        expect(tx.inTransaction).toBe(true);
        expect(tx.depth).toBe(1);
        expect(db.inTransaction).toBe(false);
      }));
  });

  describe('savepoints', () => {
    test('undo what they did and nothing else, at every level', async () => {
      await db.atomic(async (one) => {
        await add(one, '1');
        await rejection(
          one.atomic(async (two) => {
            expect(two.depth).toBe(2);
            await add(two, '2');
            await two.atomic((three) => add(three, '3'));
            await rejection(
              two.atomic(async (three) => {
                await add(three, '3b');
                throw new Oops();
              }),
            );
            expect(await texts(two)).toEqual(['1', '2', '3']);
            throw new Oops();
          }),
        );
        expect(await texts(one)).toEqual(['1']);
        await one.savepoint((two) => add(two, '4'));
      });
      expect(await texts()).toEqual(['1', '4']);
    });

    test('go with the transaction around them', async () => {
      await rejection(
        db.atomic(async (one) => {
          await one.atomic((two) => add(two, 'a'));
          throw new Oops();
        }),
      );
      expect(await texts()).toEqual([]);
    });

    test('may be the first to use the transaction', async () => {
      await db.atomic(async (one) => {
        await one.atomic((two) => two.atomic((three) => add(three, 'a')));
      });
      expect(await texts()).toEqual(['a']);
    });

    test('that begin with a failing statement can go on', async () => {
      await db.atomic(async (one) => {
        await add(one, 'a');
        await one.atomic(async (two) => {
          await rejection(bad(two));
          await add(two, 'b');
        });
      });
      await db.atomic(async (one) => {
        await one.atomic(async (two) => {
          await rejection(bad(two));
          await add(two, 'c');
        });
      });
      expect(await texts()).toEqual(['a', 'b', 'c']);
    });

    test('unused ones cost nothing', async () => {
      await db.atomic(async (one) => {
        await one.atomic(async () => {});
      });
      expect(statements).toEqual([]);
    });

    test('of one transaction run one after the other', async () => {
      await db.atomic(async (one) => {
        const [first, second] = await Promise.allSettled([
          one.atomic(async (two) => {
            await add(two, 'a1');
            await add(two, 'a2');
            throw new Oops();
          }),
          one.atomic(async (two) => {
            await add(two, 'b1');
            await add(two, 'b2');
          }),
        ]);
        expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
      });
      expect(await texts()).toEqual(['b1', 'b2']);
    });

    test('of the outer transaction inside an inner one would wait for themselves: an error', async () => {
      const error = await rejection(
        db.atomic((one) =>
          one.atomic(async (two) => {
            await add(two, 'a');
            await one.atomic((wrong) => add(wrong, 'b'));
          }),
        ),
      );
      expect(error).toBeInstanceOf(DeadlockError);
      expect(await texts()).toEqual([]);
    });

    test('commit and roll back by hand', async () => {
      await db.atomic(async (one) => {
        await one.atomic(async (two) => {
          await add(two, 'a');
          await two.commit();
          await add(two, 'b');
          await two.rollback();
          await add(two, 'c');
        });
      });
      expect(await texts()).toEqual(['a', 'c']);
    });

    test('the transaction around an open one cannot end by hand', async () => {
      const error = await rejection(
        db.atomic((one) =>
          one.atomic(async (two) => {
            await add(two, 'a');
            await one.rollback();
          }),
        ),
      );
      expect(error).toBeInstanceOf(InterfaceError);
      expect(error.message).toContain('savepoint');
    });

    test('nobody waits for undo everything: half of one is never committed', async () => {
      let inner: Promise<unknown> = Promise.resolve();
      const error = await rejection(
        db.atomic(async (one) => {
          await add(one, 'a');
          inner = rejection(
            one.atomic(async (two) => {
              await add(two, 'b');
              await add(two, 'c');
            }),
          );
        }),
      );
      expect(error).toBeInstanceOf(InterfaceError);
      expect(error.message).toContain('await it');
      await inner;
      expect(await texts()).toEqual([]);
    });
  });

  describe('other ways', () => {
    test('transaction is atomic; savepoint wants one around it', async () => {
      await db.transaction((tx) => add(tx, 'a'));
      expect(await texts()).toEqual(['a']);
      expect(await rejection(db.savepoint(async () => {}))).toBeInstanceOf(InterfaceError);
    });

    test('a session holds everything unbound until it ends', async () => {
      await db.sessionStart();
      expect(db.inTransaction).toBe(true);
      expect(db.transactionDepth).toBe(1);
      await add(db, 'a');
      await rejection(
        db.atomic(async (tx) => {
          await add(tx, 'b');
          throw new Oops();
        }),
      );
      await db.savepoint((tx) => add(tx, 'c'));
      expect(await rejection(db.sessionStart())).toBeInstanceOf(InterfaceError);
      expect(await rejection(db.transaction(async () => {}))).toBeInstanceOf(InterfaceError);
      expect(await texts()).toEqual(['a', 'c']);
      expect(await db.sessionCommit()).toBe(true);
      expect(await db.sessionCommit()).toBe(false);
      await db.sessionStart();
      await add(db, 'd');
      expect(await db.sessionRollback()).toBe(true);
      expect(db.inTransaction).toBe(false);
      expect(await texts()).toEqual(['a', 'c']);
    });

    test('manualCommit leaves beginning and ending to the user', async () => {
      await db.manualCommit(async (connection) => {
        await add(connection, 'a');
        expect(await texts()).toEqual(['a']);
        expect(connection.inTransaction).toBe(false);
        await connection.begin();
        expect(connection.inTransaction).toBe(true);
        await add(connection, 'b');
        await connection.rollback();
        await connection.begin();
        await add(connection, 'c');
        await connection.commit();
        await connection.atomic((tx) => add(tx, 'd'));
        await rejection(
          connection.atomic(async (tx) => {
            await add(tx, 'e');
            throw new Oops();
          }),
        );
        await connection.begin();
        await add(connection, 'f');
        await connection.atomic((tx) => add(tx, 'g'));
      });
      expect(await texts()).toEqual(['a', 'c', 'd']);
    });

    test('batchCommit commits every so many', async () => {
      const commits = () => statements.filter((sql) => sql.startsWith('COMMIT')).length;
      await db.batchCommit([...'abcde'], 2, (text, tx) => add(tx, text));
      expect(await texts()).toEqual([...'abcde']);
      expect(commits()).toBe(3);
      await rejection(db.batchCommit([...'fgh'], 2, (text, tx) => (text === 'h' ? bad(tx) : add(tx, text))));
      expect(await texts()).toEqual([...'abcdefg']);
      expect(await rejection(db.batchCommit([], 0, () => {}))).toBeInstanceOf(ImproperlyConfigured);
    });
  });

  describe('errors', () => {
    test('have their class, the SQL, the database and the line of the user', async () => {
      const where = async function whereItWasAsked() {
        await db.executeSql('SELECT * FROM nowhere');
      };
      const error = await rejection(where());
      expect(error).toBeInstanceOf(ProgrammingError);
      expect(error).toMatchObject({ name: 'ProgrammingError', sql: 'SELECT * FROM nowhere', database: db.name });
      expect(error.stack).toContain('whereItWasAsked');
      expect(error.stack).toMatch(/^ProgrammingError: /);
    });

    test('likewise in a transaction and a savepoint', async () => {
      const where = async function whereItWasAsked(tx: Transaction) {
        await bad(tx);
      };
      for (const error of [
        await rejection(db.atomic((tx) => where(tx))),
        await rejection(db.atomic((tx) => tx.atomic((inner) => where(inner)))),
      ]) {
        expect(error).toBeInstanceOf(ProgrammingError);
        expect(error.stack).toContain('whereItWasAsked');
      }
    });

    test('of a constraint name it', async () => {
      await db.executeSql('CREATE UNIQUE INDEX one ON note (text)');
      await add(db, 'a');
      const error = await rejection(add(db, 'a'));
      expect(error).toBeInstanceOf(IntegrityError);
      expect(error).toMatchObject({ constraint: 'unique', table: 'note', columns: ['text'] });
    });
  });
});
