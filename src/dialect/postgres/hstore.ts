/** Keys and values of hstore as the text Postgres writes and reads: `"a"=>"1", "b"=>NULL`. */
import { DataError } from '../../errors.ts';

const PAIR = /"((?:[^"\\]|\\.)*)"=>(?:NULL|"((?:[^"\\]|\\.)*)")(?:, )?/sy;

/** Reads what Postgres wrote. */
export function parseHstore(text: string): Record<string, string | null> {
  const pairs: Record<string, string | null> = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const at = PAIR.lastIndex;
    const found = PAIR.exec(text);
    if (!found) throw new DataError(`Expected the text of an hstore, got ${text.slice(at, at + 100)}`);
    const [, key = '', value] = found;
    set(pairs, plain(key), value === undefined ? null : plain(value));
  }
  return pairs;
}

/** Writes an object of texts and nulls; `textOf` checks each text. @throws DataError for anything else */
export function hstoreText(value: unknown, textOf: (value: unknown) => string): string {
  // An object of another window is one too, a Map is not.
  const tag = Object.prototype.toString.call(value);
  if (tag !== '[object Object]') throw new DataError(`Expected an object of texts, got ${tag}`);
  return Object.entries(value as object)
    .map(([key, one]) => `${quoted(textOf(key))}=>${one === null ? 'NULL' : quoted(textOf(one))}`)
    .join(',');
}

/** Also when the key is `__proto__`. */
function set(pairs: Record<string, string | null>, key: string, value: string | null): void {
  if (key !== '__proto__') pairs[key] = value;
  else Object.defineProperty(pairs, key, { value, writable: true, enumerable: true, configurable: true });
}

function plain(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
