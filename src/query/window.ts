/** Windows of window functions: `fn.sum(x).over({ partitionBy, orderBy, frame })`. */
import type { FrameBound, WindowNode } from '../ast/expression.ts';
import type { FrameEdge, WindowOptions } from './expr.ts';
import { nodeOf, operand } from './term.ts';

/** The options as a node. */
export function windowNode(options: WindowOptions): WindowNode {
  const { extends: base, partitionBy = [], orderBy = [], frame } = options;
  return {
    extends: base,
    partitionBy: partitionBy.map(nodeOf),
    orderBy: orderBy.map(nodeOf),
    frame: frame && { unit: frame.unit, start: bound(frame.start), end: frame.end && bound(frame.end), exclude: frame.exclude },
  };
}

function bound(edge: FrameEdge): FrameBound {
  if (edge === 'current') return { kind: 'current' };
  const [kind, offset] =
    'preceding' in edge ? (['preceding', edge.preceding] as const) : (['following', edge.following] as const);
  return { kind, offset: offset === 'all' ? undefined : operand(offset, {}) };
}
