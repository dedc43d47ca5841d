/** Every name a user can import says what it is, and so does every member of it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5.9';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const entries = [
  `${root}src/index.ts`,
  ...readdirSync(`${root}src/entry`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${root}src/entry/${name}`),
];

/** What an entry exports and is our own, by name. */
function exportsOf(program: ts.Program, entry: string): [string, ts.Symbol][] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const symbol = source && checker.getSymbolAtLocation(source);
  return (symbol === undefined ? [] : checker.getExportsOfModule(symbol))
    .map((exported): [string, ts.Symbol] => [
      exported.name,
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported,
    ])
    .filter(([, declared]) => fileOf(declared).startsWith(`${root}src/`));
}

function fileOf({ declarations }: ts.Symbol): string {
  return declarations?.[0]?.getSourceFile().fileName ?? '';
}

/** What users see of a class, an interface or another type: its members, inherited ones too, and what is static. */
function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  if ((symbol.flags & ts.SymbolFlags.Type) === 0) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const types = [...(type.isUnion() ? type.types : [type]), ...(type.isClass() ? [checker.getTypeOfSymbol(symbol)] : [])];
  return types.flatMap((each) => checker.getPropertiesOfType(each)).filter(isPublicMember);
}

/** Keys that are numbers, of types that are tables, speak for themselves. */
function isPublicMember(member: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHidden = member.declarations?.some((declared) => ts.getCombinedModifierFlags(declared) & hidden);
  return fileOf(member).startsWith(`${root}src/`) && !isHidden && !/^(?:~|#|__|\d)/.test(member.name);
}

/** That of a member counts for those that override it, and that of one overload for all. */
function isBare(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return symbol.getDocumentationComment(checker).length === 0;
}

const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config as object;
const program = ts.createProgram(entries, ts.parseJsonConfigFileContent(config, ts.sys, root).options);
const checker = program.getTypeChecker();
const found = new Map(entries.flatMap((entry) => exportsOf(program, entry)));

test('every public name has a docstring', () => {
  const bare = [...found].filter(([, symbol]) => isBare(symbol, checker));
  expect(bare.map(([name, symbol]) => `${name} (${fileOf(symbol).slice(root.length)})`)).toEqual([]);
});

test('every public member has a docstring', () => {
  const bare = [...found].flatMap(([name, symbol]) =>
    membersOf(symbol, checker)
      .filter((member) => isBare(member, checker))
      .map((member) => `${name}.${member.name} (${fileOf(member).slice(root.length)})`),
  );
  expect(bare).toEqual([]);
});
