/** Reads tables and code blocks out of Markdown. */

/** The rows of the first table below the heading, without its head. An escaped `\|` stays in its cell. */
export function table(page: string, heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const rows = (section ?? '').split('\n').filter((line) => line.startsWith('|'));
  if (rows.length < 3) throw new RangeError(`There is no table under "${heading}".`);
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

export interface CodeBlock {
  /** What follows the language on the opening fence, word by word. */
  readonly marks: readonly string[];
  readonly code: string;
  /** Line of the first line of code. */
  readonly line: number;
}

/** The fenced code blocks of a language, in order. */
export function codeBlocks(page: string, language: string): CodeBlock[] {
  const fence = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;
  return [...page.matchAll(fence)]
    .filter((match) => match[1] === language)
    .map((match) => ({
      marks: (match[2] ?? '').split(/\s+/).filter((mark) => mark !== ''),
      code: match[3] ?? '',
      line: page.slice(0, match.index).split('\n').length + 1,
    }));
}
