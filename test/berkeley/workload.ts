/** Random SQL, commit by commit: everything that changes pages, in words that SQLite 3.7 knows as well. */
import { blobLiteral, literal, oneOf, type Random, randomOf, textLiteral } from './random.ts';

interface Known {
  readonly name: string;
  readonly columns: string[];
  readonly indexes: string[];
  /** About how many rows there are; ids are mostly below. */
  rows: number;
}

/** Columns are called by letters; `b` is the text with collations, `c` the real. */
const SHAPES = [
  'id integer primary key, a, b text, c real, d',
  'id integer primary key autoincrement, a unique, b text collate nocase, c real, d blob',
  'a, b text collate rtrim, c real, d, id integer primary key',
  'id integer primary key, a text, b text, c real, d, unique (b, a), unique (d collate nocase)',
] as const;

const KEYS = [
  'a',
  'b',
  'c desc',
  'd',
  'a, b',
  'b collate nocase',
  'b desc, a',
  'd, c, a',
  'c, id',
  'b collate rtrim, d desc',
  'a, a',
];

/**
 * A history that depends on its seed alone.
 *
 * @example
 * const workload = new Workload(1);
 * for (const statement of workload.commit()) run(statement);
 */
export class Workload {
  readonly #random: Random;
  readonly #tables: Known[] = [];
  #made = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  /** The statements of the next commit; `vacuum` alone stands outside of a transaction. */
  commit(): readonly string[] {
    if (this.#tables.length > 0 && this.#random(25) === 0) return ['vacuum'];
    const statements = this.#some(1 + this.#random(3));
    if (this.#random(8) > 0) return ['begin', ...statements, 'commit'];
    const given = this.#some(1, true);
    return ['begin', ...statements, 'savepoint s', ...given, 'rollback to s', 'release s', 'commit'];
  }

  /** Statements that change rows only, each of which can stand by itself. */
  rows(): readonly string[] {
    return this.#tables.length === 0 ? [] : this.#change(oneOf(this.#random, ...(this.#tables as [Known, ...Known[]])));
  }

  #some(count: number, rowsOnly = false): string[] {
    return Array.from({ length: count }, () => (rowsOnly ? [...this.rows()] : this.#step())).flat();
  }

  #step(): string[] {
    const random = this.#random;
    if (this.#tables.length === 0) return this.#create();
    const table = this.#tables[random(this.#tables.length)]!;
    switch (random(30)) {
      case 0:
        return this.#tables.length > 5 ? this.#drop(table) : this.#create();
      case 1:
        return this.#create();
      case 2:
        return [...this.#drop(table), ...this.#create(table.name)];
      case 3:
      case 4:
        return this.#index(table);
      case 5:
        return this.#unindex(table);
      case 6:
        return this.#alter(table);
      case 7:
        return [
          oneOf(random, `pragma user_version = ${random(1000)}`, 'analyze', 'reindex', `drop view if exists v${random(3)}`),
        ];
      case 8:
        return [
          `drop view if exists v${random(3) + 3}`,
          `create view if not exists v${random(3)} as select id, a from ${table.name}`,
        ];
      default:
        return this.#change(table);
    }
  }

  #create(name = `own${this.#made}`): string[] {
    const shape = SHAPES[this.#random(SHAPES.length)]!;
    const table: Known = { name, columns: ['a', 'b', 'c', 'd'], indexes: [], rows: 0 };
    this.#made++;
    this.#tables.push(table);
    return [`create table ${name} (${shape})`, ...(this.#random(2) === 0 ? this.#index(table) : []), ...this.#insert(table)];
  }

  #drop(table: Known): string[] {
    this.#tables.splice(this.#tables.indexOf(table), 1);
    return [`drop table ${table.name}`];
  }

  #index(table: Known): string[] {
    if (table.indexes.length > 4) return this.#unindex(table);
    const name = `own_i${this.#made++}`;
    table.indexes.push(name);
    return [`create index ${name} on ${table.name} (${KEYS[this.#random(KEYS.length)]})`];
  }

  #unindex(table: Known): string[] {
    const name = table.indexes.pop();
    return name === undefined ? [] : [`drop index ${name}`];
  }

  #alter(table: Known): string[] {
    if (this.#random(3) === 0) {
      const name = `own_r${this.#made++}`;
      const at = this.#tables.indexOf(table);
      this.#tables[at] = { ...table, name };
      return [...[0, 1, 2].map((view) => `drop view if exists v${view}`), `alter table ${table.name} rename to ${name}`];
    }
    if (table.columns.length > 8) return [];
    const column = `e${this.#made++}`;
    table.columns.push(column);
    return [
      `alter table ${table.name} add column ${column} ${oneOf(this.#random, '', 'default 5', "text default 'later'", 'real default 0.1')}`,
    ];
  }

  #change(table: Known): string[] {
    const random = this.#random;
    const { name, rows } = table;
    const from = random(rows + 10);
    const range = `id between ${from} and ${from + random(oneOf(random, 2, 10, 100, 2000))}`;
    const column = table.columns[random(table.columns.length)]!;
    switch (random(12)) {
      case 0:
        return [`delete from ${name} where ${range}`];
      case 1:
        if (random(4) > 0) return [`delete from ${name} where id = ${from}`];
        table.rows = 0;
        return [`delete from ${name}`];
      case 2:
        return [`update or replace ${name} set ${column} = ${this.#value()} where ${range}`];
      case 3:
        return [`update or ignore ${name} set ${column} = ${this.#value()}, a = id where id = ${from}`];
      case 4:
        return [
          `update or replace ${name} set id = id + ${oneOf(random, 1, -1, 1000, -300, 70_000)} where id between ${from} and ${from + 5}`,
        ];
      case 5:
        return [`insert or replace into ${name} (id, a, b) values (${from}, ${this.#value()}, ${this.#value()})`];
      case 6:
        return [`insert or ignore into ${name} (a, b, c, d) select d, a, c, b from ${name} where ${range} limit 50`];
      case 7:
        return [`delete from ${name} where ${column} > ${this.#value()}`];
      default:
        return this.#insert(table);
    }
  }

  #insert(table: Known): string[] {
    const random = this.#random;
    const count = oneOf(random, 1, 1, 3, 20, 150);
    table.rows += count;
    const repeated = random(3) === 0 ? this.#value() : undefined;
    return Array.from({ length: count }, () => {
      const values = ['a', 'b', 'c', 'd'].map(() => (random(2) === 0 ? (repeated ?? this.#value()) : this.#value()));
      const columns = random(9) === 0 ? ['id', String(random(3) * (random(1 << 30) - (1 << 29)))] : null;
      const [names, all] = columns === null ? ['', ''] : [`${columns[0]}, `, `${columns[1]}, `];
      return `insert or replace into ${table.name} (${names}a, b, c, d) values (${all}${values.join(', ')})`;
    });
  }

  /** Mostly small; keys of several KB and blobs of tens of KB among them. */
  #value(): string {
    const random = this.#random;
    const kind = random(150);
    if (kind === 0) return blobLiteral(random, random(40_000));
    if (kind < 4) return textLiteral(random, 900 + random(3000));
    return kind < 40 ? literal(random, 200) : kind < 100 ? String(random(50)) : textLiteral(random, 2 + random(8));
  }
}
