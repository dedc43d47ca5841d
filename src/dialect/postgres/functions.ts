/** Functions that mean the same on every engine, and that Postgres has under another name or for another type. */
import type { Expression, FunctionNode } from '../../ast/expression.ts';
import { asNumber, asText, comparable, isPath } from './json-path.ts';

const CALCULATES = /^(sum|avg|abs|round|ceil|ceiling|floor|trunc|sqrt|sign|power|mod|stddev\w*|var\w*)$/i;
const READS_TEXT =
  /^(lower|upper|length|char_length|trim|ltrim|rtrim|btrim|substr|substring|replace|concat|concat_ws|string_agg)$/i;

/** The same call in words that Postgres has. */
export function rewriteFunction(node: FunctionNode): FunctionNode {
  const name = node.name.toLowerCase();
  const [first, ...rest] = node.args;
  if (first === undefined) return node;
  // How many are true.
  if (name === 'sum' && isCondition(inner(first)))
    return { ...node, args: [within(first, (one) => cast(one, 'integer')), ...rest] };
  if ((name === 'max' || name === 'min') && isCondition(inner(first)))
    return { ...node, name: name === 'max' ? 'bool_or' : 'bool_and' };
  // Only numeric is rounded to digits, and halves away from zero.
  if (name === 'round' && !isDecimal(first)) return { ...node, args: [cast(asNumber(first), 'numeric'), ...rest] };
  if (CALCULATES.test(name)) return { ...node, args: node.args.map((arg) => within(arg, asNumber)) };
  if (READS_TEXT.test(name))
    return { ...node, args: node.args.map((arg) => within(arg, (one) => (isPath(one) ? asText(one) : one))) };
  return node;
}

/** The largest or smallest part of documents, of any type: Postgres orders jsonb, but has no max of it. */
export function jsonExtreme({ name, args: [first], filter, over }: FunctionNode): Expression | null {
  const way = /^(max|min)$/i.exec(name)?.[0].toLowerCase();
  const part = first && inner(first);
  if (way === undefined || part === undefined || !isPath(part) || over !== undefined) return null;
  const operand = comparable(part);
  const isThere: Expression = { kind: 'isNull', operand, not: true };
  const ordered: FunctionNode = {
    kind: 'function',
    name: 'jsonb_agg',
    args: [operand],
    orderBy: [{ kind: 'order', operand, descending: way === 'max' }],
    filter: filter ? { kind: 'logic', op: 'and', operands: [filter, isThere] } : isThere,
  };
  return { kind: 'jsonPath', operand: ordered, path: [0], as: 'json' };
}

/** What `DISTINCT` stands before. */
function inner(node: Expression): Expression {
  return node.kind === 'distinct' ? node.operand : node;
}

function within(node: Expression, change: (node: Expression) => Expression): Expression {
  return node.kind === 'distinct' ? { ...node, operand: change(node.operand) } : change(node);
}

function cast(operand: Expression, type: string): Expression {
  return { kind: 'cast', operand, type };
}

function isDecimal(node: Expression): boolean {
  return (node.kind === 'column' || node.kind === 'value') && node.type?.name === 'decimal';
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=', 'is', 'isNot']);

/** Whether it is true or false. */
function isCondition(node: Expression): boolean {
  switch (node.kind) {
    case 'column':
    case 'value':
      return node.type?.name === 'boolean';
    case 'binary':
      return COMPARISONS.has(node.op);
    case 'unary':
      return node.op === 'not';
    case 'logic':
    case 'isNull':
    case 'between':
    case 'in':
    case 'match':
    case 'exists':
    case 'jsonContains':
      return true;
    default:
      return false;
  }
}
