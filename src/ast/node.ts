/** Every statement as data: what a dialect compiles. */
import type { Expression, QueryNode, WriteNode } from './expression.ts';
import type { SchemaNode } from './schema.ts';

/** SQL as the user wrote it; each `?` outside quotes and comments stands for the next param. */
export interface RawNode {
  readonly kind: 'raw';
  readonly text: string;
  readonly params: readonly Expression[];
}

/** How the engine would run a query, as rows in its own words. */
export interface ExplainNode {
  readonly kind: 'explain';
  readonly node: QueryNode | WriteNode | RawNode;
  /** Runs it, to tell what it took. */
  readonly analyze?: boolean | undefined;
}

export type Node = QueryNode | WriteNode | SchemaNode | RawNode | ExplainNode;
