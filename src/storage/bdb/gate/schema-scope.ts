/** Which names one query of a schema can use: SQLite 3.7.6 finds fewer of them than today's. */
import type { NamePlace, SchemaCursor } from './schema-cursor.ts';

/** A part of the text, from one token up to another. */
interface Part {
  readonly from: number;
  readonly to: number;
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
    this.#using.push(...names.map((name) => name.toLowerCase()));
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
}

function contains({ from, to }: Part, at: number): boolean {
  return at >= from && at < to;
}
