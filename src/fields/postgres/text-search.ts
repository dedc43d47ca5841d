/** Searching texts by their words, whatever their endings. Postgres: "Full Text Search". */
import type { Expression } from '../../ast/expression.ts';
import type { EngineOp, SearchOp } from '../../ast/operator.ts';
import { DataError } from '../../errors.ts';
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { isCompilable, nodeOf, operand, Term } from '../../query/term.ts';
import type { WithOps } from '../types.ts';
import { type ArrayExpr, textArray } from './array.ts';
import { DOUBLE, literal, operation, TEXT, test, withOperators } from './operation.ts';

/** How important the words of a text are: A most, D least. */
export type Weight = 'A' | 'B' | 'C' | 'D';

/** What a search is made of. */
export interface SearchOptions {
  /** The rules by which words are taken for the same: `'english'`, `'simple'`, …; the database's own unless told. */
  readonly language?: string;
  /**
   * How the query is written:
   * - `web`, unless told: as in search engines: `"exact words" either or -without`; never an error. Postgres: `websearch_to_tsquery`.
   * - `plain`: all of these words. peewee: `plain=True`.
   * - `phrase`: these words one after the other.
   * - `raw`: the operators of Postgres: `'fat & (rat | cat:*)'`; an error when it is written wrongly. peewee: what it does unless told.
   */
  readonly syntax?: 'web' | 'plain' | 'phrase' | 'raw';
}

/** How results are ranked. Postgres: "Ranking Search Results". */
export interface RankOptions extends SearchOptions {
  /** How much words of each weight count: 0.1, 0.2, 0.4 and 1 unless told. */
  readonly weights?: { readonly [W in Weight]?: number };
  /** Whether long texts count less: Postgres's bits, 0 unless told. */
  readonly normalization?: number;
  /** Words that stand near each other count more. Postgres: `ts_rank_cd`. */
  readonly nearness?: boolean;
}

/** How a text is shown with what was found in it. Postgres: "Highlighting Results". */
export interface HeadlineOptions extends SearchOptions {
  /** Before each word found: `<b>` unless told. The text itself is not escaped for HTML. */
  readonly start?: string;
  /** Behind it: `</b>` unless told. */
  readonly stop?: string;
  /** How long a part may be: 35 words unless told. */
  readonly maxWords?: number;
  /** How long it is at least: 15 words unless told. */
  readonly minWords?: number;
  /** Words of this length or less are left out at the ends. */
  readonly shortWord?: number;
  /** The whole text, not parts of it. */
  readonly all?: boolean;
  /** That many parts at most, instead of one. */
  readonly maxFragments?: number;
  /** Between parts: ` ... ` unless told. */
  readonly fragmentDelimiter?: string;
}

/** Operators of texts that were taken apart into words. */
export interface TSVectorOps {
  /** Has the words that the query asks for. An index finds them. */
  match(query: Operand<string>, options?: SearchOptions): Expr<boolean>;
  /** How well it matches: `orderBy(Post.search.rank('cats').desc())`. */
  rank(query: Operand<string>, options?: RankOptions): Expr<number>;
  /** With all of its words of this weight. */
  setWeight(weight: Weight): TSVectorExpr;
  /** The words of both, those of the other behind its own. */
  concat(other: Operand<string>): TSVectorExpr;
  /** The words without places and weights. */
  strip(): TSVectorExpr;
  /** The words by themselves. */
  lexemes(): ArrayExpr<string>;
}

/** A text taken apart into words, as an expression. */
export type TSVectorExpr = WithOps<Expr<string>, TSVectorOps>;

const TSVECTOR: Typing = { type: { name: 'tsvector' } };
const TSQUERY: Typing = { type: { name: 'tsquery' } };

/** A text taken apart into words: `toTsvector(Post.body, { language: 'english', weight: 'B' })`. */
export function toTsvector(
  text: Expr<string> | Expr<string | null>,
  options: { readonly language?: string; readonly weight?: Weight } = {},
): TSVectorExpr {
  return vector(vectorNode(nodeOf(text), options));
}

/** A node of a text taken apart into words. */
export function vectorNode(
  text: Expression,
  { language, weight }: { readonly language?: string | undefined; readonly weight?: Weight | undefined },
): Expression {
  const words: Expression = { kind: 'operator', op: 'toTsvector', operands: [...inLanguage(language), text] };
  return weight === undefined ? words : { kind: 'operator', op: 'setWeight', operands: [words, literal(weight)] };
}

/**
 * Whether a text has the words that a query asks for: `Post.select().where(Match(Post.body, 'cats', { language: 'english' }))`.
 * A TSVectorField answers faster, and has `match` itself.
 */
export function Match(
  text: Expr<string> | Expr<string | null>,
  query: Operand<string>,
  options: SearchOptions = {},
): Expr<boolean> {
  const isVector = text instanceof Term && text['~typing'].type?.name === 'tsvector';
  return test('matches', isVector ? nodeOf(text) : vectorNode(nodeOf(text), options), queryNode(query, options));
}

/** The parts of a text where the words of a query were found, each marked: `headline(Post.body, 'cats').as('found')`. */
export function headline(
  text: Expr<string> | Expr<string | null>,
  query: Operand<string>,
  options: HeadlineOptions = {},
): Expr<string> {
  const settings = headlineText(options);
  return operation(
    'headline',
    TEXT,
    ...inLanguage(options.language),
    nodeOf(text),
    queryNode(query, options),
    ...(settings === '' ? [] : [operand(settings, TEXT)]),
  );
}

/** The operators of an expression that is a tsvector; `defaults` are the column's own. */
export function vectorOperators(column: Expr<unknown>, defaults: SearchOptions = {}): TSVectorOps {
  const node = nodeOf(column);
  const again = (op: EngineOp, ...operands: Expression[]): TSVectorExpr => vector({ kind: 'operator', op, operands }, defaults);
  return {
    match: (query, options) => test('matches', node, queryNode(query, { ...defaults, ...options })),
    rank: (query, options) => rank(node, query, { ...defaults, ...options }),
    setWeight: (weight) => again('setWeight', node, literal(weight)),
    concat: (other) => again('merge', node, operand(other, TSVECTOR)),
    strip: () => again('strip', node),
    lexemes: () => textArray({ kind: 'operator', op: 'lexemes', operands: [node] }),
  };
}

function vector(node: Expression, defaults?: SearchOptions): TSVectorExpr {
  return withOperators(new Term<unknown>(node, TSVECTOR), (term) => vectorOperators(term, defaults));
}

const SYNTAX: Readonly<Record<NonNullable<SearchOptions['syntax']>, SearchOp>> = {
  web: 'webToTsquery',
  plain: 'plainToTsquery',
  phrase: 'phraseToTsquery',
  raw: 'toTsquery',
};

function queryNode(query: Operand<string>, { language, syntax = 'web' }: SearchOptions): Expression {
  const isQuery = isCompilable(query) && query instanceof Term && query['~typing'].type?.name === 'tsquery';
  if (isQuery) return nodeOf(query);
  return nodeOf(operation(SYNTAX[syntax], TSQUERY, ...inLanguage(language), operand(query, TEXT)));
}

/** Written out: an index serves the same language only. */
function inLanguage(language: string | undefined): Expression[] {
  return language === undefined ? [] : [literal(language)];
}

function rank(
  node: Expression,
  query: Operand<string>,
  { weights, normalization, nearness, ...search }: RankOptions,
): Expr<number> {
  const { D = 0.1, C = 0.2, B = 0.4, A = 1 } = weights ?? {};
  const all = [D, C, B, A];
  if (!all.every((weight) => Number.isFinite(weight)) || !(normalization === undefined || Number.isInteger(normalization)))
    throw new DataError('Weights of words are numbers, and the normalization is a whole one');
  return operation(
    nearness ? 'rankCd' : 'rank',
    DOUBLE,
    ...(weights ? [literal(`{${all.join(',')}}`)] : []),
    node,
    queryNode(query, search),
    ...(normalization === undefined ? [] : [literal(normalization)]),
  );
}

function headlineText(options: HeadlineOptions): string {
  const { start, stop, maxWords, minWords, shortWord, all, maxFragments, fragmentDelimiter } = options;
  const settings = {
    StartSel: start,
    StopSel: stop,
    MaxWords: maxWords,
    MinWords: minWords,
    ShortWord: shortWord,
    HighlightAll: all,
    MaxFragments: maxFragments,
    FragmentDelimiter: fragmentDelimiter,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${String(value).replaceAll('"', '""')}"`)
    .join(', ');
}
