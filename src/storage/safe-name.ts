/** File names for any text a user may call a database, safe on every file system, and back. */

/** Names longer than this go into folders within folders: file systems end at 255 bytes. */
const PIECE = 100;
/** Ends the last folder; no folder before it has a dot, so that no database lies inside another. */
const END = '.db';

/**
 * The path of folders for a database name: lower-case letters, digits, `_` and `-` stay, everything else becomes
 * `%` and four hex digits for each UTF-16 unit, capitals too because file systems confuse them with small letters.
 */
export function toPath(name: string): string[] {
  const encoded = name.replace(/[^a-z0-9_-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const count = Math.max(1, Math.ceil(encoded.length / PIECE));
  const pieces = Array.from({ length: count }, (_, i) => encoded.slice(i * PIECE, (i + 1) * PIECE));
  pieces[count - 1] += END;
  return pieces;
}

/** The name behind a path made by `toPath`. */
export function fromPath(path: readonly string[]): string {
  const encoded = path.join('').slice(0, -END.length);
  return encoded.replace(/%([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Whether this folder is the last of a path. */
export function endsPath(piece: string): boolean {
  return piece.endsWith(END);
}
