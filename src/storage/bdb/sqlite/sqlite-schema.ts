/** The trees of a SQLite file as its schema names them, and the number that each has in a Berkeley DB file. */
import { CorruptDatabaseError, NotSupportedError } from '../../../errors.ts';
import type { Entry, TreeOrder } from '../content.ts';
import { indexOrder, rowidOrder, splitsRowid } from '../read/order.ts';
import { type IndexShape, indexShape, type TableShape, tableShape } from './index-columns.ts';
import { type SchemaObject, schemaObject, withRoot } from './schema-record.ts';

/** A tree that both files have. */
export interface SqliteTree {
  /** What Berkeley DB SQL calls it: odd for tables, even for indexes. */
  readonly number: number;
  /** SQLite's root page, from 1. */
  readonly root: number;
  readonly name: string;
  /** Type and name, and what the entries are sorted by. */
  readonly identity: string;
  /** The collations of an index; null for a table. */
  readonly collations: readonly string[] | null;
  readonly order: TreeOrder;
  /** Whether the rowid of an index record is kept apart from its columns. */
  readonly splits: boolean;
  /** Whether SQLite's order is this one as well, but for numbers from 2⁵³ on and negative rowids of an index. */
  readonly sorted: boolean;
}

/** A schema that was read. */
export interface SqliteSchema {
  /** By SQLite's root page, the schema's own table at 1. */
  readonly trees: ReadonlyMap<number, SqliteTree>;
  /** The rows of the schema's table as Berkeley DB SQL has them. */
  readonly rows: readonly Entry[];
}

/** The number of the schema's own table. */
export const SCHEMA_NUMBER = 1;
/** Names with more digits would not be sorted as numbers are. */
const MOST_NUMBER = 99_999;
/** Older formats of SQLite files ignore DESC, and so do the files that are written here. */
const FORMAT = 1;

const SCHEMA: SqliteTree = {
  number: SCHEMA_NUMBER,
  root: 1,
  name: 'sqlite_master',
  identity: '',
  collations: null,
  order: rowidOrder,
  splits: false,
  sorted: true,
};

/** Reads schemas of one database, each knowing the numbers of the one before. */
export class SchemaReader {
  readonly #encoding: number;
  readonly #database: string;

  constructor(encoding: number, database: string) {
    this.#encoding = encoding;
    this.#database = database;
  }

  /**
   * @param rows of the schema's table
   * @param known numbers by root page, where they are known already
   * @param before trees whose numbers their successors shall keep
   */
  read(rows: Iterable<Entry>, known: ReadonlyMap<number, number> = new Map(), before: Iterable<SqliteTree> = []): SqliteSchema {
    const found = [...rows].map((entry) => ({ entry, object: this.#object(entry) }));
    const objects = found.map(({ object }) => object).filter(({ root }) => root !== 0);
    const shapes = new Shapes(objects, this.#encoding, this.#database);
    const numbers = new Numbers(before, known, this.#database);
    const drafts = objects.map((object) => shapes.draft(object));
    const trees = new Map([[SCHEMA.root, SCHEMA]]);
    for (const tree of numbers.give(drafts)) {
      if (trees.has(tree.root)) throw damaged(this.#database, `two objects of its schema have the page ${tree.root}`);
      trees.set(tree.root, tree);
    }
    return {
      trees,
      rows: found.map(({ entry: { key, data }, object: { root } }) => ({
        key,
        data: root === 0 ? data.slice() : withRoot(data, trees.get(root)!.number),
      })),
    };
  }

  #object({ data }: Entry): SchemaObject {
    const object = schemaObject(data, this.#encoding);
    if (object === null) throw damaged(this.#database, 'a row of its schema is none');
    return object;
  }
}

type Draft = Omit<SqliteTree, 'number'>;

/** Knows what the records of each tree look like. */
class Shapes {
  readonly #tables = new Map<string, SchemaObject>();
  readonly #shapes = new Map<string, TableShape>();
  readonly #encoding: number;
  readonly #database: string;

  constructor(objects: readonly SchemaObject[], encoding: number, database: string) {
    this.#encoding = encoding;
    this.#database = database;
    for (const object of objects) if (object.type === 'table') this.#tables.set(object.name.toLowerCase(), object);
  }

  draft(object: SchemaObject): Draft {
    const { type, name, root } = object;
    if (type === 'table')
      return { root, name, identity: `table ${name}`, collations: null, order: rowidOrder, splits: false, sorted: true };
    const { collations, descends } = this.#index(object);
    const splits = splitsRowid(collations);
    const order = indexOrder({ collations, descending: [], encoding: this.#encoding, format: FORMAT });
    return { root, name, identity: `index ${name} ${collations.join()}`, collations, order, splits, sorted: splits && !descends };
  }

  #index({ name, table, sql }: SchemaObject): IndexShape {
    const shape = this.#shape(table);
    if (sql === null) {
      const automatic = shape.automatic[Number(/\d+$/.exec(name)?.[0]) - 1];
      if (automatic === undefined)
        throw damaged(this.#database, `its table "${table}" has no constraint for the index "${name}"`);
      return automatic;
    }
    const declared = indexShape(sql, shape);
    if (declared !== null) return declared;
    const database = this.#database;
    throw new NotSupportedError(
      `The index "${name}" of "${database}" is on an expression, which a Berkeley DB SQL file cannot have. Drop it first.`,
      { database },
    );
  }

  #shape(table: string): TableShape {
    const key = table.toLowerCase();
    let shape = this.#shapes.get(key);
    if (shape === undefined) this.#shapes.set(key, (shape = tableShape(this.#tables.get(key)?.sql ?? '')));
    return shape;
  }
}

/** Hands out numbers of trees. An object keeps its number by its name, whatever page it moves to; renamed, by its page. */
class Numbers {
  readonly #byIdentity = new Map<string, SqliteTree>();
  readonly #byRoot = new Map<number, SqliteTree>();
  readonly #used: Set<number>;
  readonly #known: ReadonlyMap<number, number>;
  readonly #database: string;
  readonly #next = { table: 3, index: 4 };

  constructor(before: Iterable<SqliteTree>, known: ReadonlyMap<number, number>, database: string) {
    this.#known = known;
    this.#database = database;
    for (const tree of before) {
      this.#byIdentity.set(tree.identity, tree);
      this.#byRoot.set(tree.root, tree);
    }
    this.#used = new Set([SCHEMA_NUMBER, ...known.values(), ...[...this.#byRoot.values()].map(({ number }) => number)]);
  }

  give(drafts: readonly Draft[]): readonly SqliteTree[] {
    const named = drafts.map(({ root, identity }) => this.#known.get(root) ?? this.#take(this.#byIdentity.get(identity)));
    return drafts.map((draft, index) => ({
      ...draft,
      number: named[index] ?? this.#take(this.#sameAt(draft)) ?? this.#new(draft),
    }));
  }

  /** What was on that page, if it is sorted in the same way and nobody has taken its number yet. */
  #sameAt({ root, collations }: Draft): SqliteTree | undefined {
    const tree = this.#byRoot.get(root);
    return tree !== undefined && tree.root !== SCHEMA.root && collations?.join() === tree.collations?.join() ? tree : undefined;
  }

  #take(tree: SqliteTree | undefined): number | undefined {
    if (tree === undefined || this.#byRoot.get(tree.root) !== tree) return undefined;
    this.#byRoot.delete(tree.root);
    return tree.number;
  }

  #new({ collations }: Draft): number {
    const kind = collations === null ? 'table' : 'index';
    while (this.#used.has(this.#next[kind])) this.#next[kind] += 2;
    const number = this.#next[kind];
    this.#used.add(number);
    if (number <= MOST_NUMBER) return number;
    const database = this.#database;
    throw new NotSupportedError(
      `The schema of "${database}" has more ${kind === 'table' ? 'tables' : 'indexes'} than a Berkeley DB SQL file can.`,
      { database },
    );
  }
}

function damaged(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(`The SQLite database "${database}" is damaged: ${what}.`, { database });
}
