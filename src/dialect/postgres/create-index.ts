/** Indexes and unique constraints as Postgres creates them. Postgres: "CREATE INDEX". */
import type { Expression } from '../../ast/expression.ts';
import type { IndexSchema, UniqueSchema } from '../../ast/schema.ts';
import type { Compiler } from '../compiler.ts';
import { qualified } from '../ddl.ts';
import type { Writer } from '../writer.ts';
import { comparable, isPath } from './json-path.ts';
import { newName } from './names.ts';

export function createIndex(compiler: Compiler, w: Writer, index: IndexSchema, safe: boolean): void {
  const { name, table, schema, unique, on, using, include = [], nullsDistinct, concurrently, where } = index;
  w.text += `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${safe ? 'IF NOT EXISTS ' : ''}`;
  // An index lives in the schema of its table and is named without one.
  w.text += `${compiler.quote(newName(name))} ON ${qualified(compiler, { name: table, schema })}`;
  if (using !== undefined) w.text += ` USING ${compiler.quote(using.toLowerCase())}`;
  w.text += ' (';
  let at = 0;
  w.list(on, ', ', (part) => {
    indexPart(compiler, w, part, index.opclasses?.[at]);
    at++;
  });
  w.text += ')';
  if (include.length > 0) compiler.names(w, include, ' INCLUDE ');
  if (nullsDistinct === false) w.text += ' NULLS NOT DISTINCT';
  compiler.where(w, where);
}

/** What an index is on: collation, operator class and order come in this order, whatever the expression says first. */
function indexPart(compiler: Compiler, w: Writer, part: Expression, opclass: string | undefined): void {
  const order = part.kind === 'order' ? part : undefined;
  const ordered = order?.operand ?? part;
  const collate = ordered.kind === 'collate' ? ordered : undefined;
  const inner = collate?.operand ?? ordered;
  // As queries write it, which is what the planner looks for.
  const plain = isPath(inner) ? comparable(inner) : inner;
  // SQL of the user's own may say all of it itself.
  const bare = plain.kind === 'column' || plain.kind === 'sql';
  if (!bare) w.text += '(';
  compiler.expression(w, plain);
  if (!bare) w.text += ')';
  if (collate) w.text += ` COLLATE ${compiler.quote(collate.collation)}`;
  if (opclass !== undefined)
    w.text += ` ${opclass
      .split('.')
      .map((name) => compiler.quote(name))
      .join('.')}`;
  if (order) w.text += order.descending ? ' DESC' : ' ASC';
  if (order?.nulls) w.text += ` NULLS ${order.nulls.toUpperCase()}`;
}

export function uniqueConstraint(compiler: Compiler, w: Writer, unique: UniqueSchema): void {
  w.text += `CONSTRAINT ${compiler.quote(newName(unique.name))} UNIQUE ${unique.nullsDistinct ? '' : 'NULLS NOT DISTINCT '}`;
  compiler.names(w, unique.columns);
  if (unique.include.length > 0) compiler.names(w, unique.include, ' INCLUDE ');
  w.text += ` DEFERRABLE ${unique.deferrable}`;
}
