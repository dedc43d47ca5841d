/** Turns TypeScript into JavaScript of the same shape: types become blanks, so that every line and column stays where it was. */
import { typescriptLanguage } from '@codemirror/lang-javascript';
import type { SyntaxNode } from '@lezer/common';

const GONE = new Set([
  'TypeAnnotation',
  'TypePredicate',
  'TypeArgList',
  'TypeParamList',
  'InterfaceDeclaration',
  'TypeAliasDeclaration',
  'AmbientDeclaration',
  'Optional',
  'Definite',
  'Privacy',
  'readonly',
  'abstract',
  'override',
  'implements',
  'ImportDeclaration',
]);

/** A stretch of text that is not what the language allows there. */
export interface SyntaxProblem {
  readonly from: number;
  readonly to: number;
}

export interface Stripped {
  readonly code: string;
  /** Where the last statement begins when it is an expression, whose value a run shows; else null. */
  readonly lastExpression: number | null;
  readonly problems: readonly SyntaxProblem[];
}

/** Imports become blanks too: what they could bring is handed to the code anyway. */
export function stripTypes(source: string): Stripped {
  const tree = typescriptLanguage.parser.parse(source);
  const blanks: [number, number][] = [];
  const problems: SyntaxProblem[] = [];
  tree.iterate({
    enter({ node }) {
      if (node.type.isError) problems.push({ from: node.from, to: node.to });
      const end = blankUntil(node);
      if (end === null) return true;
      blanks.push([node.from, end]);
      return false;
    },
  });
  return { code: blank(source, blanks), lastExpression: lastExpression(tree.topNode, source), problems };
}

/** Where the part of this node that JavaScript does not know ends; null when it knows it. */
function blankUntil(node: SyntaxNode): number | null {
  if (GONE.has(node.name)) return node.to;
  // `value as Type`, `value satisfies Type`: the operator and all that follows it.
  if (node.name === 'as' || node.name === 'satisfies') return node.parent?.name === 'BinaryExpression' ? node.parent.to : null;
  // `value!`
  if (node.name === 'LogicOp' && node.parent?.name === 'PostfixExpression') return node.to;
  // `declare tweets: Backref<Tweet>;` in a class
  if (node.name === 'PropertyDeclaration' && node.getChild('declare')) return node.to;
  // `this: Note` among parameters
  if (node.name === 'this' && node.parent?.name === 'ParamList')
    return node.nextSibling?.nextSibling?.name === ',' ? node.nextSibling.nextSibling.to : node.to;
  return null;
}

function blank(source: string, blanks: readonly (readonly [number, number])[]): string {
  let code = '';
  let at = 0;
  for (const [from, to] of blanks) {
    code += source.slice(at, from) + source.slice(from, to).replace(/[^\s]/g, ' ');
    at = to;
  }
  return code + source.slice(at);
}

function lastExpression(script: SyntaxNode, source: string): number | null {
  let last = script.lastChild;
  while (last && (last.name.endsWith('Comment') || last.name === ';')) last = last.prevSibling;
  // An object literal at the start of a statement is a block to the parser, and stays one.
  return last?.name === 'ExpressionStatement' && source[last.from] !== '{' ? last.from : null;
}
