/** Rows as COPY writes and reads them: a line each, values between tabs (Postgres manual, COPY, "Text Format"). */

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ ...ESCAPES, '\\': '\\' }).map(([letter, character]) => [character, `\\${letter}`]),
);

/** The line of a row, its end included. */
export function copyLine(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '\\N' : escaped(value))).join('\t')}\n`;
}

/** The values of a line without its end. */
export function readCopyLine(line: string): (string | null)[] {
  return line.split('\t').map((text) => (text === '\\N' ? null : text.includes('\\') ? unescaped(text) : text));
}

function escaped(text: string): string {
  return /[\\\b\f\n\r\t\v]/.test(text) ? text.replace(/[\\\b\f\n\r\t\v]/g, (character) => ESCAPED[character] as string) : text;
}

function unescaped(text: string): string {
  return text.replace(/\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    if (code.startsWith('x') && code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? code;
  });
}
