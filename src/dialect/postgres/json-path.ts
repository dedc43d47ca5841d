/** What is at a path of a JSON document, and how it compares with plain values. */
// Compared as jsonb: numbers as numbers, whatever is nested as a whole, and nothing with what is of another type. JSON's
// null counts as SQL's, as it does where a path is selected.
import type { BinaryOp, Expression, QueryNode, SelectNode } from '../../ast/expression.ts';
import type { ExpressionCompiler, Of } from '../expression-compiler.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';

const JSONB = { name: 'jsonb' } as const;

/** Writes a path: step by step, since only that tells an index of an array from a key of an object. */
export function writeJsonPath(compiler: ExpressionCompiler, w: Writer, { operand, path, as }: Of<'jsonPath'>): void {
  if (as === 'value' && path.length === 0) {
    compiler.operand(w, operand, LEVEL.arithmetic);
    w.text += " #>> '{}'";
    return;
  }
  compiler.operand(w, operand, LEVEL.arithmetic);
  path.forEach((key, at) => {
    const arrow = as === 'value' && at === path.length - 1 ? '->>' : '->';
    w.text += ` ${arrow} ${compiler.literal(typeof key === 'number' ? index(key) : key)}`;
  });
}

// Beyond 32 bits there is no operator for it, and no such element.
function index(key: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, key));
}

/** Whether it is a document or a part of one, which only jsonb compares. */
export function isJson(node: Expression): boolean {
  if (node.kind === 'jsonPath') return true;
  if (node.kind === 'collate' || node.kind === 'alias') return isJson(node.operand);
  return (node.kind === 'column' || node.kind === 'value') && (node.type?.name === 'json' || node.type?.name === 'jsonb');
}

/** Whether it is a part of a document. */
export function isPath(node: Expression): node is Of<'jsonPath'> {
  return node.kind === 'jsonPath';
}

/** The same path, read as text. */
export function asText(node: Of<'jsonPath'>): Expression {
  return { ...node, as: 'value' };
}

/** A part of a document as a number to calculate with. */
export function asNumber(node: Expression): Expression {
  return isPath(node) ? { kind: 'cast', operand: asText(node), type: 'double precision' } : node;
}

/** What is grouped, or must differ, is told apart: Postgres can do that with jsonb alone. */
export function groupable(node: SelectNode): SelectNode {
  if (!tellsApart(node)) return node;
  return {
    ...node,
    columns: node.columns.map(distinct),
    groupBy: node.groupBy.map((one) => (one.kind === 'alias' ? one : distinct(one))),
    distinct: typeof node.distinct === 'boolean' ? node.distinct : node.distinct.map(distinct),
  };
}

/** Whether rows are told apart in it. In a union they need be so in one part only: all parts have to be of one type. */
export function tellsApart(node: QueryNode): boolean {
  if (node.kind === 'select') return node.groupBy.length > 0 || node.distinct !== false;
  return node.op !== 'unionAll' || tellsApart(node.left) || tellsApart(node.right);
}

/** As `groupable`, for the sides of a union in which rows are told apart. */
export function uniteable(node: QueryNode): QueryNode {
  if (node.kind === 'select') return { ...node, columns: node.columns.map(distinct) };
  return { ...node, left: uniteable(node.left), right: uniteable(node.right) };
}

function distinct(node: Expression): Expression {
  if (node.kind === 'alias') return { ...node, operand: distinct(node.operand) };
  return isJson(node) ? comparable(node) : node;
}

/** As jsonb. */
function asJsonb(node: Expression): Expression {
  if (node.kind === 'alias' || node.kind === 'collate') return asJsonb(node.operand);
  if (node.kind === 'value' && isJson(node)) return node.type?.name === 'jsonb' ? node : { ...node, type: JSONB };
  if (isPath(node)) {
    const part: Expression = { ...node, as: 'json' };
    return isBinary(node.operand) ? part : { kind: 'cast', operand: part, type: JSONB };
  }
  if (isJson(node)) return isBinary(node) ? node : { kind: 'cast', operand: node, type: JSONB };
  return { kind: 'function', name: 'to_jsonb', args: [node] };
}

function isBinary(node: Expression): boolean {
  return (node.kind === 'column' || node.kind === 'value') && node.type?.name === 'jsonb';
}

/** As jsonb, and null where a part of a document is JSON's null. */
export function comparable(node: Expression): Expression {
  const json = asJsonb(node);
  return isPath(node) ? { kind: 'function', name: 'nullif', args: [json, { kind: 'literal', value: 'null' }] } : json;
}

function typeOf(json: Expression): Expression {
  if (json.kind === 'value' && json.value !== null && json.value !== undefined) {
    const type = Array.isArray(json.value) ? 'array' : typeof json.value;
    return { kind: 'literal', value: type };
  }
  return { kind: 'function', name: 'jsonb_typeof', args: [json] };
}

function sameType(a: Expression, b: Expression): Of<'binary'> {
  return { kind: 'binary', op: '=', left: typeOf(comparable(a)), right: typeOf(comparable(b)) };
}

const ORDERED: ReadonlySet<BinaryOp> = new Set(['<', '<=', '>', '>=']);

/** Comparisons that must all hold. */
type Both = readonly Of<'binary'>[];

/** A comparison in which JSON has a part, in jsonb; what is less or greater is also of the same type. */
export function jsonComparison({ op, left, right }: Of<'binary'>): Both {
  const compared: Of<'binary'> = { kind: 'binary', op, left: comparable(left), right: comparable(right) };
  return ORDERED.has(op) ? [compared, sameType(left, right)] : [compared];
}

/** The same of BETWEEN. */
export function jsonBetween({ operand, low, high }: Of<'between'>): Both {
  return [
    ...jsonComparison({ kind: 'binary', op: '>=', left: operand, right: low }),
    ...jsonComparison({ kind: 'binary', op: '<=', left: operand, right: high }),
  ];
}

/** The same of IN with a list. */
export function jsonIn(node: Of<'in'>, items: readonly Expression[]): Of<'in'> {
  return { ...node, left: comparable(node.left), right: { kind: 'list', items: items.map(asJsonb) } };
}
