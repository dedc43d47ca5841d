/** How Postgres spells what only some engines have. */
import type { Expression } from '../../ast/expression.ts';
import type { EngineOp } from '../../ast/operator.ts';
import type { ExpressionCompiler, Of } from '../expression-compiler.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';

/** Operators stand between their operands; whatever has a parenthesis stands before them, and what it opens is closed behind. */
const SPELLED: Readonly<Record<Exclude<EngineOp, 'element' | 'slice'>, string>> = {
  any: 'ANY(',
  all: 'ALL(',
  cardinality: 'cardinality(',
  arrayLength: 'array_length(',
  append: 'array_append(',
  prepend: 'array_prepend(',
  removeElement: 'array_remove(',
  replaceElement: 'array_replace(',
  position: 'array_position(',
  join: 'array_to_string(',
  unnest: 'unnest(',

  contains: '@>',
  containedBy: '<@',
  overlaps: '&&',

  get: '->',
  hasKey: '?',
  hasAnyKey: '?|',
  hasAllKeys: '?&',
  merge: '||',
  keys: 'akeys(',
  values: 'avals(',
  items: 'hstore_to_matrix(',
  sliceKeys: 'slice(',
  defined: 'defined(',
  without: 'delete(',

  toJson: 'to_jsonb(',
  jsonWithout: '-',
  jsonLength: 'jsonb_array_length(',
  jsonType: 'jsonb_typeof(',
  jsonKeys: 'ARRAY(SELECT jsonb_object_keys(',
  jsonStripNulls: 'jsonb_strip_nulls(',
  pathExists: '@?',
  pathMatch: '@@',
  pathQuery: 'jsonb_path_query(',
  pathQueryArray: 'jsonb_path_query_array(',
  pathQueryFirst: 'jsonb_path_query_first(',

  toTsvector: 'to_tsvector(',
  toTsquery: 'to_tsquery(',
  plainToTsquery: 'plainto_tsquery(',
  phraseToTsquery: 'phraseto_tsquery(',
  webToTsquery: 'websearch_to_tsquery(',
  matches: '@@',
  rank: 'ts_rank(',
  rankCd: 'ts_rank_cd(',
  headline: 'ts_headline(',
  setWeight: 'setweight(',
  strip: 'strip(',
  lexemes: 'tsvector_to_array(',
  similar: '%',
  similarity: 'similarity(',
  wordSimilarity: 'word_similarity(',
  textDistance: '<->',

  before: '<<',
  after: '>>',
  notAfter: '&<',
  notBefore: '&>',
  adjacent: '-|-',
  union: '+',
  intersection: '*',
  difference: '-',
  lower: 'lower(',
  upper: 'upper(',
  isEmpty: 'isempty(',
  lowerIncluded: 'lower_inc(',
  upperIncluded: 'upper_inc(',
  lowerInfinite: 'lower_inf(',
  upperInfinite: 'upper_inf(',
  merged: 'range_merge(',

  atTimeZone: 'AT TIME ZONE',
  seconds: "date_part('epoch', ",

  l2Distance: '<->',
  cosineDistance: '<=>',
  negativeInnerProduct: '<#>',
  l1Distance: '<+>',
};

/** Writes an `operator` node. */
export function writeOperator(compiler: ExpressionCompiler, w: Writer, { op, operands }: Of<'operator'>): void {
  if (op === 'element' || op === 'slice') return subscript(compiler, w, operands, op === 'slice');
  const spelled = SPELLED[op];
  const opened = spelled.split('(').length - 1;
  if (opened === 0) return w.list(operands, ` ${spelled} `, (operand) => compiler.operand(w, operand, LEVEL.arithmetic));
  w.text += spelled;
  w.list(operands, ', ', (operand) => compiler.operand(w, operand, LEVEL.raw));
  w.text += ')'.repeat(opened);
}

function subscript(compiler: ExpressionCompiler, w: Writer, operands: readonly Expression[], isSlice: boolean): void {
  const [array, ...indexes] = operands as readonly [Expression, ...Expression[]];
  // Of functions and values an element is taken only in parentheses.
  if (array.kind === 'column') compiler.expression(w, array);
  else {
    w.text += '(';
    compiler.expression(w, array);
    w.text += ')';
  }
  w.text += '[';
  w.list(indexes, isSlice ? ':' : '][', (index) => compiler.expression(w, index));
  w.text += isSlice && indexes.length === 1 ? ':]' : ']';
}
