/** From result columns to a graph of model instances, along the joins. */
import type { Executor } from '../query/executor.ts';
import type { Selected } from '../query/expr.ts';
import { fill, type RowBuilder, type Slice } from '../query/rows.ts';
import type { ModelField } from './metadata.ts';
import { settled } from './registry.ts';
import { instanceOf, type RowObject, RowState } from './row-state.ts';
import { FieldColumn, type ModelSource } from './source.ts';

/** One join, as rows see it. */
export interface JoinLink {
  readonly from: ModelSource;
  readonly to: ModelSource;
  /** The property of the `from` row that holds the `to` row. */
  readonly attr: string;
  /** The foreign key of `from` that is this relation, when it is one. */
  readonly field: ModelField | null;
  /** The joined row may be missing. */
  readonly optional: boolean;
}

/** What a result holds of one source. */
interface Part {
  readonly source: ModelSource;
  readonly optional: boolean;
  /** Places in the result, and the places in the row's values they go to. */
  readonly at: number[];
  readonly to: number[];
}

/** Makes rows of `root`'s model from results of this selection. `executor` is what the rows remember. */
export function modelRows(
  root: ModelSource,
  selection: readonly Selected[],
  links: readonly JoinLink[],
  executor: Executor | null,
): RowBuilder<unknown> {
  const optional = new Set(links.filter((link) => link.optional).map((link) => link.to));
  const parts = new Map<ModelSource, Part>([[root, { source: root, optional: false, at: [], to: [] }]]);
  const extras: number[] = [];
  selection.forEach((selected, at) => {
    const source = selected instanceof FieldColumn ? selected['~model'] : null;
    const known = source && (source === root || links.some((link) => link.to === source));
    if (!known) return void extras.push(at);
    let part = parts.get(source);
    if (!part) parts.set(source, (part = { source, optional: optional.has(source), at: [], to: [] }));
    part.at.push(at);
    part.to.push((selected as FieldColumn)['~field'].index);
  });
  for (const source of parts.keys()) settled(source.meta);
  const related = links.filter((link) => parts.has(link.from) && parts.has(link.to));
  return (slice) => {
    const rows = new Map([...parts].map(([source, part]) => [source, instances(part, slice, executor)]));
    for (const link of related) relate(link, rows.get(link.from) as Instances, rows.get(link.to) as Instances);
    const result = rows.get(root) as RowObject[];
    for (const at of extras) fill(result, slice.names[at] as string, slice.columns[at] as ArrayLike<unknown>);
    return result;
  };
}

type Instances = readonly (RowObject | null)[];

/** The instances of one source, row by row; null where an optional join found nothing. */
function instances(part: Part, { length, columns }: Slice, executor: Executor | null): (RowObject | null)[] {
  const meta = settled(part.source.meta);
  const { at, to } = part;
  const width = meta.fields.length;
  const data = at.map((place) => columns[place] as ArrayLike<unknown>);
  const count = data.length;
  const present = part.optional ? presence(part, data) : null;
  const out: (RowObject | null)[] = new Array(length);
  for (let row = 0; row < length; row++) {
    if (present && !present(row)) {
      out[row] = null;
      continue;
    }
    const values: unknown[] = new Array(width);
    for (let index = 0; index < count; index++) values[to[index] as number] = (data[index] as ArrayLike<unknown>)[row];
    out[row] = instanceOf(new RowState(meta, values, executor, true));
  }
  return out;
}

/** A joined row is there when its key is not null; without its key, when anything of it is not null. */
function presence(part: Part, data: readonly ArrayLike<unknown>[]): (row: number) => boolean {
  const [key] = part.source.meta.primaryKey;
  const keyAt = key ? part.to.indexOf(key.index) : -1;
  const keys = data[keyAt];
  if (keys) return (row) => keys[row] !== null;
  return (row) => data.some((column) => column[row] !== null);
}

function relate({ attr, field }: JoinLink, from: Instances, to: Instances): void {
  for (let row = 0; row < from.length; row++) {
    const owner = from[row];
    if (!owner) continue;
    const other = to[row] ?? null;
    if (field) relateKey(owner['~row'], field, other);
    // An own property may hide an accessor of the same name, which a plain assignment would call.
    else Object.defineProperty(owner, attr, { value: other, writable: true, enumerable: true, configurable: true });
  }
}

function relateKey(state: RowState, field: ModelField, other: RowObject | null): void {
  (state.related ??= new Array<RowObject | null>(state.values.length))[field.index] = other;
  if (state.values[field.index] === undefined) state.values[field.index] = other === null ? null : other['~row'].key;
}
