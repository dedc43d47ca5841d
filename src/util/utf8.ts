/** Text out of bytes of UTF-8, fast where it is short. */

// A byte order mark is a letter like any other in a stored text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const { fromCharCode } = String;

/** Up to this many bytes text is read letter by letter; beyond, the platform's decoder is faster. */
const SHORT = 64;

/** The text of `length` bytes at `start`. */
export function readText(bytes: Uint8Array, start: number, length: number): string {
  if (length > SHORT) return decoder.decode(bytes.subarray(start, start + length));
  const end = start + length;
  let text = '';
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const a = bytes[at]!,
      b = bytes[at + 1]!,
      c = bytes[at + 2]!,
      d = bytes[at + 3]!;
    const e = bytes[at + 4]!,
      f = bytes[at + 5]!,
      g = bytes[at + 6]!,
      h = bytes[at + 7]!;
    if ((a | b | c | d | e | f | g | h) > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += fromCharCode(a, b, c, d, e, f, g, h);
  }
  if (at + 4 <= end) {
    const a = bytes[at]!,
      b = bytes[at + 1]!,
      c = bytes[at + 2]!,
      d = bytes[at + 3]!;
    if ((a | b | c | d) > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += fromCharCode(a, b, c, d);
    at += 4;
  }
  for (; at < end; at++) {
    const a = bytes[at]!;
    if (a > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += fromCharCode(a);
  }
  return text;
}
