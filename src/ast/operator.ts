/** Operators and functions that only some engines have, by what they mean. */

/** Of arrays. */
export type ArrayOp =
  /** Some element, all elements: the right-hand side of a comparison. */
  | 'any'
  | 'all'
  /** Array and as many indexes, counted from 1, as it has dimensions. */
  | 'element'
  /** Array, first and last index, counted from 1; without the last one, to the end. */
  | 'slice'
  | 'cardinality'
  /** Array and which of its dimensions. */
  | 'arrayLength'
  | 'append'
  /** Element and array. */
  | 'prepend'
  | 'removeElement'
  | 'replaceElement'
  | 'position'
  | 'join'
  | 'unnest';

/** Of whatever holds parts: arrays, ranges, hstore, jsonb. */
export type ContainmentOp = 'contains' | 'containedBy' | 'overlaps';

/** Of keys and values: hstore, jsonb. */
export type KeyOp =
  | 'get'
  | 'hasKey'
  | 'hasAnyKey'
  | 'hasAllKeys'
  | 'merge'
  | 'keys'
  | 'values'
  /** Keys and values in turns. */
  | 'items'
  | 'sliceKeys'
  | 'defined'
  /** Without a key, keys, or what another one has too. */
  | 'without';

/** Of JSON documents. */
export type JsonOp =
  | 'toJson'
  | 'jsonWithout'
  | 'jsonLength'
  | 'jsonType'
  | 'jsonKeys'
  | 'jsonStripNulls'
  /** Document and path in the language jsonpath. */
  | 'pathExists'
  | 'pathMatch'
  | 'pathQuery'
  | 'pathQueryArray'
  | 'pathQueryFirst';

/** Of text that is searched by words. */
export type SearchOp =
  | 'toTsvector'
  | 'toTsquery'
  | 'plainToTsquery'
  | 'phraseToTsquery'
  | 'webToTsquery'
  | 'matches'
  | 'rank'
  | 'rankCd'
  | 'headline'
  | 'setWeight'
  | 'strip'
  | 'lexemes'
  /** Likeness of texts by their groups of three letters. */
  | 'similar'
  | 'similarity'
  | 'wordSimilarity'
  | 'textDistance';

/** Of ranges. */
export type RangeOp =
  | 'before'
  | 'after'
  | 'notAfter'
  | 'notBefore'
  | 'adjacent'
  | 'union'
  | 'intersection'
  | 'difference'
  | 'lower'
  | 'upper'
  | 'isEmpty'
  | 'lowerIncluded'
  | 'upperIncluded'
  | 'lowerInfinite'
  | 'upperInfinite'
  | 'merged';

/** Of points in time and lengths of time. */
export type TimeOp = 'atTimeZone' | 'seconds';

/** Of vectors. */
export type VectorOp = 'l2Distance' | 'cosineDistance' | 'negativeInnerProduct' | 'l1Distance';

export type EngineOp = ArrayOp | ContainmentOp | KeyOp | JsonOp | SearchOp | RangeOp | TimeOp | VectorOp;
