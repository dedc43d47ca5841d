/** Cuts the text of a schema into tokens, by the rules that SQLite 3.7.6 had. */

/** A piece of the text. */
export interface SchemaToken {
  /** A bare word, a quoted name, a string, a number, a blob, punctuation, what no rule knows, or the end of the text. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'blob' | 'sign' | 'unknown' | 'end';
  /** A bare word in lower case, the contents of a quoted name or string, or the piece as it stands. */
  readonly text: string;
}

const PIECE = new RegExp(
  [
    String.raw`(?<space>[ \t\n\f\r]+|--[^\n]*|/\*[^]*?(?:\*/|$))`,
    `(?<blob>[xX]'(?:[0-9a-fA-F]{2})*')`,
    String.raw`(?<word>[A-Za-z_\x80-\u{10ffff}][\w$\x80-\u{10ffff}]*)`,
    String.raw`(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w$\x80-\u{10ffff}]))`,
    // Unrolled, so that a text of any length takes no stack.
    `(?<name>"[^"]*(?:""[^"]*)*"|${'`'}[^${'`'}]*(?:${'``'}[^${'`'}]*)*${'`'}|\\[[^\\]]*\\])`,
    `(?<string>'[^']*(?:''[^']*)*')`,
    // Arrows are one token of today's language; none of the old language begins or goes on with them.
    String.raw`(?<unknown>->>?|[\d.]*\d[\w$.]*|[$@:?#]+[\w$]*|!(?!=))`,
    String.raw`(?<sign><<|>>|<=|>=|<>|==|!=|\|\||[-+*/%&|~=<>(),.;])`,
  ].join('|'),
  'uy',
);

/** The tokens of a text, the last of which is its end. */
export function schemaTokens(text: string): SchemaToken[] {
  const tokens: SchemaToken[] = [];
  for (PIECE.lastIndex = 0; PIECE.lastIndex < text.length; ) {
    const at = PIECE.lastIndex;
    const groups = PIECE.exec(text)?.groups;
    if (groups === undefined) return [...tokens, { kind: 'unknown', text: String.fromCodePoint(text.codePointAt(at) ?? 0) }, END];
    for (const kind of KINDS) {
      const piece = groups[kind];
      if (piece !== undefined) tokens.push({ kind, text: meaning(kind, piece) });
    }
  }
  return [...tokens, END];
}

const KINDS = ['blob', 'word', 'number', 'name', 'string', 'unknown', 'sign'] as const;
const END: SchemaToken = { kind: 'end', text: '' };

function meaning(kind: SchemaToken['kind'], piece: string): string {
  if (kind === 'word') return piece.toLowerCase();
  if (kind !== 'name' && kind !== 'string') return piece;
  const quote = piece[0] ?? '';
  const inside = piece.slice(1, -1);
  return quote === '[' ? inside : inside.replaceAll(quote + quote, quote);
}
