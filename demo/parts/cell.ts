/** One value as text: as a person reads it in a grid, and whole for the clipboard. */

const LONGEST = 400;

export function cellText(value: unknown): string {
  const text = wholeText(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

export function wholeText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (typeof value === 'function') return `${value.name || 'function'}()`;
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'invalid date';
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return date.getMilliseconds() ? `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}` : `${day} ${time}`;
}

function bytesText(bytes: Uint8Array): string {
  const head = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} bytes: ${head}${bytes.length > 16 ? ' …' : ''}`;
}

/** "2.4 MB", "812 bytes". */
export function bytesCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** "0.4 ms", "38 ms", "1.2 s". */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
