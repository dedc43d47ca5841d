/** Finds what a join of two models runs along: the foreign key between them, or the condition that was given. */
import { ImproperlyConfigured } from '../errors.ts';
import type { Expr } from '../query/expr.ts';
import type { JoinLink } from './hydrate.ts';
import type { JoinOptions } from './join/types.ts';
import type { ModelField } from './metadata.ts';
import { FieldColumn, type ModelSource } from './source.ts';

/** A join worked out: its condition, and the relation it loads if it is one. */
export interface JoinPlan {
  readonly on: Expr<boolean> | undefined;
  readonly link: JoinLink;
}

/** How `to` is joined to `current`; `joined` are all sources so far. @throws ImproperlyConfigured when that is not clear */
export function planJoin(joined: readonly ModelSource[], current: ModelSource, to: ModelSource, options: JoinOptions): JoinPlan {
  const { on, type = 'inner' } = options;
  if (type === 'cross' && on) throw new ImproperlyConfigured('join: a cross join has every pair of rows and no condition');
  const optional = type === 'left' || type === 'full';
  const along =
    on instanceof FieldColumn && on['~field'].foreignKey ? alongColumn(joined, current, to, on) : alongKey(current, to, options);
  const field = along?.forward && (options.attr ?? along.key.key) === along.key.key ? along.key : null;
  const from = along?.from ?? current;
  const attr = options.attr ?? (along?.forward ? along.key.key : to.name);
  return { on: along ? condition(along, to, on) : on, link: { from, to, attr, field, optional } };
}

/** A foreign key between two sources; `forward` when it belongs to the one joined from. */
interface Along {
  readonly key: ModelField;
  readonly from: ModelSource;
  readonly forward: boolean;
}

function condition({ key, from, forward }: Along, to: ModelSource, on: Expr<unknown> | undefined): Expr<boolean> {
  // A condition of the user's own stands; the key only says which relation it loads.
  if (on && !(on instanceof FieldColumn)) return on as Expr<boolean>;
  const [owner, target] = forward ? [from, to] : [to, from];
  return owner.column(key).eq(target.column(key.targetKey as ModelField)) as Expr<boolean>;
}

function alongColumn(joined: readonly ModelSource[], current: ModelSource, to: ModelSource, on: FieldColumn): Along {
  const key = on['~field'];
  const owner = on['~model'];
  const target = key.target?.definition;
  // The source it was joined from first; a key of `to` itself only after that, so that a model can be joined to itself.
  const from = [current, ...joined].find((source) => source === owner || source.name === owner.name);
  if (from && target === to.meta.definition) return { key, from, forward: true };
  if (owner.name === to.name) {
    const pointed = [current, ...joined].find((source) => source.meta.definition === target);
    if (pointed) return { key, from: pointed, forward: false };
  }
  throw new ImproperlyConfigured(
    `join: ${key.label} does not lead from ${current.meta.name} to ${to.meta.name} (as "${to.name}")`,
  );
}

function alongKey(current: ModelSource, to: ModelSource, { on, type }: JoinOptions): Along | null {
  if (type === 'cross') return null;
  const forward = keysTo(current, to);
  const backward = forward.length > 0 ? [] : keysTo(to, current);
  const [key, another] = forward.length > 0 ? forward : backward;
  if (key && !another) return { key, from: current, forward: forward.length > 0 };
  if (on) return null;
  const [a, b] = [current.meta.name, to.meta.name];
  throw new ImproperlyConfigured(
    key
      ? `join: several foreign keys lead between ${a} and ${b}; say which: { on: ${key.label} }`
      : `join: no foreign key leads between ${a} and ${b}; say the condition: { on: … }`,
  );
}

function keysTo(owner: ModelSource, target: ModelSource): ModelField[] {
  return owner.meta.fields.filter((field) => field.foreignKey && field.target?.definition === target.meta.definition);
}
