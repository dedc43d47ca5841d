/** Which names one query of a schema can use: SQLite 3.7.6 finds fewer of them than today's. */
import type { ColumnPlace, NamePlace, SchemaCursor } from './schema-cursor.ts';

/** A part of the text, from one token up to another. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** What stands in the FROM: a table, or something in parentheses. */
interface Source {
  readonly text: string;
  /** What it goes by. */
  readonly name: string | undefined;
  /** Whether NATURAL JOIN, or USING with these columns, joins it to what is before it. */
  readonly natural: boolean;
  using: readonly string[];
}

const ROWID = new Set(['rowid', 'oid', '_rowid_']);

/** The names between SELECT and the end of its query. */
export class SchemaScope {
  readonly #cursor: SchemaCursor;
  readonly #start: number;
  readonly #visible = new Set<string>();
  readonly #hidden: (Part & { readonly names: readonly string[] })[] = [];
  readonly #sorting: Part[] = [];
  readonly #using: string[] = [];
  /** The FROM in its order. */
  readonly sources: Source[] = [];
  readonly #columns = new Map<Source, ReadonlySet<string> | null>();
  #sources = 0;
  #queries = 0;

  constructor(cursor: SchemaCursor) {
    this.#cursor = cursor;
    this.#start = cursor.at;
  }

  /** A table, or a query in parentheses, under its name if it has one. */
  add(name: string | undefined, isQuery: boolean): void {
    if (name !== undefined) this.#visible.add(name);
    this.#sources++;
    if (isQuery) this.#queries++;
  }

  /** Tables that stand in parentheses behind another: in 3.7.6 these cannot be named outside of them. */
  hide(names: readonly string[], from: number): void {
    this.#hidden.push({ names, from, to: this.#cursor.at });
    for (const name of names) this.#visible.delete(name);
  }

  /** The columns of a USING. */
  using(names: readonly string[]): void {
    const columns = names.map((name) => name.toLowerCase());
    this.#using.push(...columns);
    this.sources.at(-1)!.using = columns;
  }

  /** Whether a column of this name is among the tables, as far as anybody knows. */
  mayHave(column: string): boolean {
    return this.sources.some((source) => this.#columnsOf(source)?.has(column) ?? true);
  }

  /** What was read since `from` is a GROUP BY or ORDER BY: in 3.7.6 these know nothing of outer queries. */
  sorted(from: number): void {
    this.#sorting.push({ from, to: this.#cursor.at });
  }

  /** Refuses what 3.7.6 does not find, or finds twice, and leaves to outer queries what is not of this one. */
  close(): void {
    const { qualifiers, columns } = this.#cursor;
    for (const place of this.#own(qualifiers)) {
      if (this.#visible.has(place.name)) continue;
      this.#requireVisible(place.name, place.at);
      if (!this.#hidden.some(({ names }) => names.includes(place.name))) qualifiers.push(place);
    }
    for (const place of this.#own(columns)) {
      this.#requireSingle(place.name);
      this.#requireFoundOnce(place);
      place.queries.push(this);
      if (this.#sources === 0 && !place.quoted && !this.#cursor.given.has(place.name)) this.#requireLocal(place.name, place.at);
      if (this.#sources === 0 || !ROWID.has(place.name)) columns.push(place);
    }
  }

  /** Takes the names of this query out of a list, which has them at its end. */
  #own<T extends NamePlace>(places: T[]): T[] {
    const first = places.findIndex(({ at }) => at >= this.#start);
    return first < 0 ? [] : places.splice(first);
  }

  #requireVisible(name: string, at: number): void {
    if (this.#hidden.some((group) => group.names.includes(name) && !contains(group, at)))
      this.#cursor.refuse(`names ${JSON.stringify(name)} outside of the parentheses it is joined in`);
    if (name !== 'new' && name !== 'old') this.#requireLocal(name, at);
  }

  #requireLocal(name: string, at: number): void {
    if (this.#sorting.some((part) => contains(part, at)))
      this.#cursor.refuse(`names ${JSON.stringify(name)} of an outer query in GROUP BY or ORDER BY`);
  }

  #requireSingle(name: string): void {
    if (this.#using.indexOf(name) !== this.#using.lastIndexOf(name))
      this.#cursor.refuse(`names ${JSON.stringify(name)}, which joins three tables by USING, without its table`);
    if (ROWID.has(name) && (this.#sources > 1 || this.#queries > 0))
      this.#cursor.refuse(`names ${name} without its table, which is not the only one`);
  }

  /** Where NATURAL JOIN and USING join tables, 3.7.6 passes over the one behind the first that has the column, and no other. */
  #requireFoundOnce({ name, at, queries }: ColumnPlace): void {
    if (this.sources.length < 3 || !this.sources.some(({ natural, using }) => natural || using.length > 0)) return;
    if (queries.some((query) => query.mayHave(name))) return;
    // The name of a result counts before that of a column there.
    if (this.#cursor.given.has(name) && this.#sorting.some((part) => contains(part, at))) return;
    const found: Source[] = [];
    for (let index = 0; index < this.sources.length; index++) {
      if (!this.#columnsOf(this.sources[index]!)?.has(name)) continue;
      found.push(this.sources[index]!);
      const next = this.sources[index + 1];
      if (next?.natural || next?.using.includes(name)) index++;
    }
    if (found.length < 2) return;
    const full = JSON.stringify(`${found[0]!.name ?? '…'}.${name}`);
    this.#cursor.refuse(
      `names ${JSON.stringify(name)}, which several of the joined tables have, without its table (write ${full})`,
    );
  }

  #columnsOf(source: Source): ReadonlySet<string> | null {
    let columns = this.#columns.get(source);
    if (columns === undefined) {
      const names = this.#cursor.columnsOf(source.text);
      columns = names && new Set(names.map((name) => name.toLowerCase()));
      this.#columns.set(source, columns);
    }
    return columns;
  }
}

function contains({ from, to }: Part, at: number): boolean {
  return at >= from && at < to;
}
