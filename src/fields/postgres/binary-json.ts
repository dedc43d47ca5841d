/** A field that holds JSON in parts, and what queries can ask of it and change in it. */
import type { Expression, JsonChange } from '../../ast/expression.ts';
import type { EngineOp } from '../../ast/operator.ts';
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { condition, isCompilable, nodeOf, operand, Term } from '../../query/term.ts';
import { makeField } from '../define-field.ts';
import { type JsonKind, type JsonPlace, jsonOperators } from '../json.ts';
import type { Field, FieldOptions, WithOps } from '../types.ts';
import { type ArrayExpr, textArray, textsNode } from './array.ts';
import { INTEGER, literal, operation, TEXT, test, withOperators } from './operation.ts';
import type { JsonAt, JsonElement, JsonKey, JsonPart, JsonUpdate } from './types.ts';

/** Operators of JSON of type `J` in a document of type `R`. Postgres: "JSON Functions and Operators". */
export interface JsonbOps<J, R = J> {
  /** What is under a key or index: `Post.meta.path('place').path('city').eq('Paris')`. */
  path<K extends JsonKey<J>>(key: K): JsonbPath<JsonAt<J, K>, R>;
  /** Every key and element of `part` is also here, at every depth; of a text, the text is part of it. An index finds it. */
  contains(part: Operand<JsonPart<J>>): Expr<boolean>;
  /** Not for JSON of this type. */
  contains(this: never, text: Operand<string>): Expr<boolean>;
  /** Every key and element is also in `value`, at every depth. peewee: `contained_by`. */
  containedBy(value: Operand<J>): Expr<boolean>;
  /** Has this key at its top, or is an array with this text. An index finds it. peewee: `has_key`. */
  hasKey(key: Operand<string>): Expr<boolean>;
  /** Has at least one of these keys. peewee: `contains_any`. */
  containsAny(...keys: string[]): Expr<boolean>;
  /** Has all of these keys. peewee: `contains_all`. */
  containsAll(...keys: string[]): Expr<boolean>;
  /** Merged with another value: its keys replace those here, the elements of an array come behind those here. peewee: `update`, `concat`. */
  update(value: Operand<JsonUpdate<J>>): JsonbExpr<J>;
  /** Without these keys at its top. peewee: `remove`. */
  without(...keys: string[]): JsonbExpr<J>;
  /** The whole document with one element more at the end of this array. */
  append(value: Operand<JsonElement<J>>): JsonbExpr<R>;
  /** How many elements an array has; an error of the engine for anything else. */
  length(): Expr<number>;
  /** The keys of an object. */
  keys(): ArrayExpr<string>;
  /** What it is: `object`, `array`, `string`, `number`, `boolean` or `null`. */
  jsonType(): Expr<string>;
  /** Without keys whose value is null, at every depth. */
  stripNulls(): JsonbExpr<J>;
  /** Whether a path in the language jsonpath leads anywhere: `'$.tags[*] ? (@ == "orm")'`. An index finds it. peewee: `path_exists`. */
  pathExists(jsonpath: Operand<string>): Expr<boolean>;
  /** Whether a condition in the language jsonpath holds: `'$.price > 10'`. An index finds it. peewee: `path_match`. */
  pathMatch(jsonpath: Operand<string>): Expr<boolean>;
  /** A row for each value that the path leads to, in a selection. peewee: `path_query`. */
  pathQuery<T = unknown>(jsonpath: Operand<string>): JsonbExpr<T>;
  /** All values that the path leads to, as an array. peewee: `path_query_array`. */
  pathQueryArray<T = unknown>(jsonpath: Operand<string>): JsonbExpr<T[]>;
  /** The first of them, or null. peewee: `path_query_first`. */
  pathQueryFirst<T = unknown>(jsonpath: Operand<string>): JsonbExpr<T | null>;
}

/** What can be changed at a path; each gives the whole document, to be assigned in an update. */
export interface JsonbChanges<J, R> {
  /** With this value here, whether there was one or not: `Post.update({ meta: Post.meta.path('city').set('Paris') })`. */
  set(value: Operand<J>): JsonbExpr<R>;
  /** With this value here if there was one. */
  replace(value: Operand<J>): JsonbExpr<R>;
  /** With this value before (or `after`) what is at this index; at a key, only where there was none. */
  insert(value: Operand<J>, options?: { readonly after?: boolean }): JsonbExpr<R>;
  /** Without what is here. */
  remove(): JsonbExpr<R>;
}

/** JSON as an expression. */
export type JsonbExpr<J> = WithOps<Expr<J>, JsonbOps<J>>;
/** What is at a path: compared as the SQL value it stands for, selected as the JavaScript value. */
export type JsonbPath<J, R> = WithOps<Expr<J>, JsonbOps<J, R> & JsonbChanges<J, R>>;

const JSONB: Typing = { type: { name: 'jsonb' } };
const BINARY: JsonKind = { typing: JSONB, more: (place) => ({ ...questions(place), ...parts(place), ...changes(place) }) };

/**
 * JSON in a form that Postgres searches and changes in place. It has a GIN index unless `index: false`;
 * `index: { using: 'gin', opclass: 'jsonb_path_ops' }` makes a smaller one that knows `contains` and paths only.
 * On SQLite the field holds JSON text: values, `path`, and the changes work, the rest is Postgres's own.
 *
 * @example
 * class Post extends Model.define('post', { meta: BinaryJSONField<{ tags: string[]; views: number }>() }) {}
 * await Post.select().where(Post.meta.contains({ tags: ['orm'] }));
 * await Post.update({ meta: Post.meta.path('tags').append('new') });
 */
export function BinaryJSONField<T = unknown>(
  options: FieldOptions<T> & { readonly null: true },
): Field<T, { readonly null: true }, JsonbOps<T>>;
export function BinaryJSONField<T = unknown>(
  options: FieldOptions<T> & { readonly default: T | (() => T) },
): Field<T, { readonly default: unknown }, JsonbOps<T>>;
export function BinaryJSONField<T = unknown>(options?: FieldOptions<T>): Field<T, {}, JsonbOps<T>>;
export function BinaryJSONField<T>(options?: FieldOptions<T>): Field<T, {}, JsonbOps<T>> {
  return makeField<T, {}, JsonbOps<T>>(
    {
      type: { name: 'jsonb' },
      index: { using: 'gin' },
      indexed: true,
      operators: (column) => jsonOperators(BINARY, nodeOf(column)) as JsonbOps<T>,
    },
    options,
  );
}

function jsonb(node: Expression): unknown {
  return withOperators(new Term<unknown>(node, JSONB), () => jsonOperators(BINARY, node));
}

function questions({ here, root, path }: JsonPlace): object {
  const byPath = (op: EngineOp) => (jsonpath: unknown) => test(op, here, pathNode(jsonpath));
  return {
    contains(part: unknown) {
      if (isText(part))
        return new Term<string>(path.length === 0 ? here : { kind: 'jsonPath', operand: root, path, as: 'value' }).contains(part);
      return condition({ kind: 'jsonContains', outer: here, inner: jsonNode(part) });
    },
    hasKey: (key: unknown) => test('hasKey', here, operand(key, TEXT)),
    containsAny: (...keys: string[]) => test('hasAnyKey', here, textsNode(keys)),
    containsAll: (...keys: string[]) => test('hasAllKeys', here, textsNode(keys)),
    pathExists: byPath('pathExists'),
    pathMatch: byPath('pathMatch'),
    length: () => operation('jsonLength', INTEGER, here),
    jsonType: () => operation('jsonType', TEXT, here),
  };
}

function parts({ here }: JsonPlace): object {
  const again = (op: EngineOp, ...operands: Expression[]): unknown => jsonb({ kind: 'operator', op, operands });
  const query = (op: EngineOp) => (jsonpath: unknown) => again(op, here, pathNode(jsonpath));
  return {
    update: (value: unknown) => again('merge', here, jsonNode(value)),
    without: (...keys: string[]) => again('jsonWithout', here, textsNode(keys)),
    keys: () => textArray({ kind: 'operator', op: 'jsonKeys', operands: [here] }),
    stripNulls: () => again('jsonStripNulls', here),
    pathQuery: query('pathQuery'),
    pathQueryArray: query('pathQueryArray'),
    pathQueryFirst: query('pathQueryFirst'),
  };
}

function changes({ root, path }: JsonPlace): object {
  const changed = (change: JsonChange, value?: Expression, after?: boolean): unknown =>
    jsonb({ kind: 'jsonChange', change, operand: root, path, value, after });
  return {
    append: (value: unknown) => changed('append', jsonNode(value)),
    set: (value: unknown) => changed('set', jsonNode(value)),
    replace: (value: unknown) => changed('replace', jsonNode(value)),
    insert: (value: unknown, options?: { readonly after?: boolean }) => changed('insert', jsonNode(value), options?.after),
    remove: () => changed('remove'),
  };
}

/** A value or an expression as JSON; null is JSON's null here, which is a value. */
function jsonNode(value: unknown): Expression {
  if (value === null) return { kind: 'cast', operand: literal('null'), type: { name: 'jsonb' } };
  if (!isCompilable(value)) return operand(value, JSONB);
  const isJson = value instanceof Term && /^jsonb?$/.test(value['~typing'].type?.name ?? '');
  return isJson ? nodeOf(value) : { kind: 'operator', op: 'toJson', operands: [nodeOf(value)] };
}

function pathNode(jsonpath: unknown): Expression {
  return { kind: 'cast', operand: operand(jsonpath, TEXT), type: 'jsonpath' };
}

function isText(value: unknown): value is Operand<string> {
  return typeof value === 'string' || (value instanceof Term && value['~typing'].type?.name === 'text');
}
