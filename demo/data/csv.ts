/** Reads comma-separated text with a header line: one record per line, by column name. */

export function parseCsv(text: string): Record<string, string>[] {
  const lines = cells(text);
  const header = lines.shift() ?? [];
  return lines
    .filter((line) => line.length === header.length)
    .map((line) => Object.fromEntries(header.map((name, i) => [name, line[i] ?? ''])));
}

function cells(text: string): string[][] {
  const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  const lines: string[][] = [];
  let line: string[] = [];
  for (let match = pattern.exec(text); match && pattern.lastIndex <= text.length; match = pattern.exec(text)) {
    const [, cell = '', end] = match;
    line.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ',') {
      lines.push(line);
      line = [];
      if (end === '') break;
    }
  }
  return lines;
}
