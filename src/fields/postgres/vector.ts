/** A field that holds vectors, and how far they are from each other. */
import type { EngineOp } from '../../ast/operator.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { Expr, Operand } from '../../query/expr.ts';
import { nodeOf, operand } from '../../query/term.ts';
import { defineField } from '../define-field.ts';
import type { Scalar } from '../types.ts';
import { DOUBLE, operation } from './operation.ts';

/** Options of `VectorField`. */
export interface VectorOptions {
  /** Numbers in each vector; any count when left out, but then no index can be made. */
  readonly dimensions?: number;
}

/** Operators of vectors, for `orderBy`: the nearest come first. pgvector: "Querying". */
export interface VectorOps {
  /** As the crow flies. pgvector: `<->`. */
  l2Distance(to: Operand<readonly number[]>): Expr<number>;
  /** 0 for the same direction, 2 for the opposite one. pgvector: `<=>`. */
  cosineDistance(to: Operand<readonly number[]>): Expr<number>;
  /** The inner product, negated so that the largest comes first. pgvector: `<#>`. */
  negativeInnerProduct(to: Operand<readonly number[]>): Expr<number>;
  /** The sum of the distances along each axis. pgvector: `<+>`. */
  l1Distance(to: Operand<readonly number[]>): Expr<number>;
}

/**
 * Numbers that say where something lies among its like, of the extension vector.
 *
 * @example
 * class Item extends Model.define('item', { embedding: VectorField({ dimensions: 3 }) }) {
 *   static meta = { indexes: [{ fields: ['embedding'], using: 'hnsw', opclass: 'vector_cosine_ops' }] };
 * }
 * await Item.select().orderBy(Item.embedding.cosineDistance([1, 2, 3])).limit(5);
 */
export const VectorField: Scalar<readonly number[], VectorOps, VectorOptions> = /* @__PURE__ */ defineField<
  readonly number[],
  VectorOps,
  VectorOptions
>({
  type: vectorType,
  operators: (column) => {
    const distance = (op: EngineOp) => (to: Operand<readonly number[]>) =>
      operation<number>(op, DOUBLE, nodeOf(column), operand(to, { type: vectorType({}) }));
    return {
      l2Distance: distance('l2Distance'),
      cosineDistance: distance('cosineDistance'),
      negativeInnerProduct: distance('negativeInnerProduct'),
      l1Distance: distance('l1Distance'),
    };
  },
});

function vectorType({ dimensions }: VectorOptions): ColumnType {
  return { name: 'vector', extension: 'vector', ...(dimensions === undefined ? {} : { dimensions }) };
}
