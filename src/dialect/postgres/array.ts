/** Arrays as the text Postgres writes and reads: `{1,2,NULL}`, `{{a,"b c"},{d,e}}`, `[0:1]={a,b}`. */
import { DataError } from '../../errors.ts';

/** Reads the text of an array; `each` turns the text of an element into its value. */
export function parseArray<T>(text: string, each: (text: string) => T): unknown[] {
  // Bounds other than 1 stand before the braces: JavaScript counts its own way.
  const start = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  if (text.charCodeAt(start) !== OPEN) throw new DataError(`${text.slice(0, 100)} is no array of Postgres`);
  const stack: unknown[][] = [];
  let items: unknown[] = [];
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === CLOSE) {
      const outer = stack.pop();
      if (!outer) return items;
      outer.push(items);
      items = outer;
      at++;
    } else if (code === OPEN) {
      stack.push(items);
      items = [];
      at++;
    } else if (code === COMMA) at++;
    else if (code === QUOTE) {
      const end = closingQuote(text, at + 1);
      const inner = text.slice(at + 1, end);
      items.push(each(inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner));
      at = end + 1;
    } else {
      const end = endOfWord(text, at);
      const word = text.slice(at, end);
      items.push(word === 'NULL' ? null : each(word));
      at = end;
    }
  }
}

/**
 * Writes arrays nested `dimensions` deep; `each` gives the text of an element, never asked for null.
 * @throws DataError when the arrays are not nested so deep, or not of equal lengths
 */
export function arrayText(value: unknown, dimensions: number, each: (value: unknown) => string): string {
  const lengths: number[] = [];
  const write = (part: unknown, depth: number): string => {
    if (depth === dimensions) return part === null || part === undefined ? 'NULL' : quoted(each(part));
    if (!Array.isArray(part)) throw expected(dimensions, depth, part);
    const known = (lengths[depth] ??= part.length);
    if (known !== part.length)
      throw new DataError(`All arrays at one depth have one length in Postgres: ${known} and ${part.length} do not fit`);
    return `{${part.map((item) => write(item, depth + 1)).join(',')}}`;
  };
  const text = write(value, 0);
  // However deep, an array of nothing is the empty one.
  return lengths.includes(0) ? '{}' : text;
}

const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function closingQuote(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) !== QUOTE) {
    if (at >= text.length) throw truncated(text);
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) !== COMMA && text.charCodeAt(at) !== CLOSE) {
    if (at >= text.length) throw truncated(text);
    at++;
  }
  return at;
}

function truncated(text: string): DataError {
  return new DataError(`The text of an array ends too early: ${text.slice(0, 100)}`);
}

// Letters alone may be the word NULL; of everything else only this much is certainly plain.
function quoted(text: string): string {
  return /^[-+.\d][-+.\w]*$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function expected(dimensions: number, depth: number, got: unknown): DataError {
  const what = dimensions === 1 ? 'an array' : `arrays ${dimensions} deep`;
  const where = depth === 0 ? '' : ` inside ${depth === 1 ? 'the array' : `${depth} arrays`}`;
  const shown = typeof got === 'object' && got !== null ? `an object of ${got.constructor?.name ?? 'no class'}` : typeof got;
  return new DataError(`Expected ${what}, got ${got === null ? 'null' : shown}${where}`);
}
