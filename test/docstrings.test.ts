/** Every name a user can import says what it is. */
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

/** Names of our own that an entry exports and that have no docstring where they are declared. */
function bareNames(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const symbol = source && checker.getSymbolAtLocation(source);
  if (symbol === undefined) return [];
  return checker.getExportsOfModule(symbol).flatMap((exported) => {
    const declared = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const file = declared.declarations?.[0]?.getSourceFile().fileName ?? '';
    const isBare = file.startsWith(`${root}src/`) && declared.getDocumentationComment(checker).length === 0;
    return isBare ? [`${exported.name} (${file.slice(root.length)})`] : [];
  });
}

test('every public name has a docstring', { timeout: 120_000 }, () => {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(entries, options);
  expect(entries.flatMap((entry) => bareNames(program, entry))).toEqual([]);
});
