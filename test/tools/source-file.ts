/** Reads a source file as the architecture sees it: what it imports, and its code without the comments. */

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5.9';

export const project: string = fileURLToPath(new URL('../../', import.meta.url));

export interface Import {
  /** A path within the project, or the name of a package. */
  readonly target: string;
  readonly relative: boolean;
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** Path within the project. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out; lines stay where they are. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** Lines with a conditional type. */
  readonly conditionalTypes: readonly number[];
}

/** Reads one file of the project. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(join(project, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const line = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const imports: Import[] = [];
  const conditionalTypes: number[] = [];

  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isRelative = specifier.text.startsWith('.');
    const target = isRelative ? relative(project, join(project, dirname(path), specifier.text)) : specifier.text;
    const inPackage = target.startsWith('node_modules/');
    imports.push({
      target: target.replace('node_modules/', ''),
      relative: isRelative && !inPackage,
      typeOnly,
      line: line(specifier),
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isConditionalTypeNode(node)) conditionalTypes.push(line(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, text, code: withoutComments(file), imports, conditionalTypes };
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  const allMarked = named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
  return clause.name === undefined && allMarked;
}

function withoutComments(file: ts.SourceFile): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  let code = '';
  let end = 0;
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(file);
    for (const child of children) visit(child);
    if (children.length > 0) return;
    const start = Math.max(node.getStart(file, false), end);
    code += blank(file.text.slice(end, start)) + file.text.slice(start, node.end);
    end = Math.max(end, node.end);
  };
  visit(file);
  return code;
}
