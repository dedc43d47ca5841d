/** A field that holds texts taken apart into words. */
import type { Expression } from '../../ast/expression.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import { Term } from '../../query/term.ts';
import { snakeCase } from '../../util/snake-case.ts';
import { makeField } from '../define-field.ts';
import type { Field, FieldOptions } from '../types.ts';
import { literal } from './operation.ts';
import { type TSVectorOps, vectorNode, vectorOperators, type Weight } from './text-search.ts';

/** Options of `TSVectorField`. */
export interface TSVectorOptions extends FieldOptions<string> {
  /** The language of `match` and `rank` on this column, and of `from`: `'english'`, `'simple'`, … */
  readonly language?: string;
}

/** A column that the database makes of others. */
export interface GeneratedOptions extends Omit<TSVectorOptions, 'default' | 'null' | 'unique' | 'primaryKey'> {
  /** The fields (or columns, where names differ) it is made of, with their weights where they have some. */
  readonly from: readonly string[] | Readonly<Record<string, Weight>>;
  readonly language: string;
}

/**
 * A text taken apart into words, which Postgres searches quickly. It has a GIN index unless `index: false`.
 * With `from` the database keeps it up to date itself; else assign `toTsvector(…)` in an update.
 *
 * @example
 * class Post extends Model.define('post', {
 *   title: TextField(),
 *   body: TextField(),
 *   search: TSVectorField({ from: { title: 'A', body: 'B' }, language: 'english' }),
 * }) {}
 * await Post.select().where(Post.search.match('cats -dogs')).orderBy(Post.search.rank('cats -dogs').desc());
 */
export function TSVectorField(options: GeneratedOptions): Field<string, { readonly auto: true }, TSVectorOps>;
export function TSVectorField<const O extends TSVectorOptions & { readonly from?: never } = {}>(
  options?: O,
): Field<string, O, TSVectorOps>;
export function TSVectorField(options: Partial<GeneratedOptions> = {}): Field<string, {}, TSVectorOps> {
  const { from, language, constraints = [] } = options;
  if (from && language === undefined)
    throw new ImproperlyConfigured("A search column made of others needs a language: 'simple' for none in particular");
  const generated = from
    ? [...constraints, new Term<unknown>({ kind: 'generated', value: vectorOf(from, language) })]
    : constraints;
  return makeField<string, {}, TSVectorOps>(
    {
      type: { name: 'tsvector' },
      index: { using: 'gin' },
      indexed: true,
      operators: (column) => vectorOperators(column, language === undefined ? {} : { language }),
    },
    { ...options, constraints: generated },
    from !== undefined,
  );
}

/** The words of all columns; a null among them is a text without words. */
function vectorOf(from: GeneratedOptions['from'], language: string | undefined): Expression {
  const columns: [string, Weight | undefined][] = Array.isArray(from)
    ? from.map((name: string) => [name, undefined])
    : Object.entries(from as Readonly<Record<string, Weight>>);
  if (columns.length === 0) throw new ImproperlyConfigured('A search column is made of at least one other column');
  return columns
    .map(([name, weight]): Expression => {
      const text: Expression = {
        kind: 'function',
        name: 'coalesce',
        args: [{ kind: 'column', name: snakeCase(name) }, literal('')],
      };
      return vectorNode(text, { language, weight });
    })
    .reduce((left, right): Expression => ({ kind: 'operator', op: 'merge', operands: [left, right] }));
}
