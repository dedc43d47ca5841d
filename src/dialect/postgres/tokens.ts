/** SQL that somebody wrote, in Postgres's words: what is quoted, what is a comment, where values belong. */

/** Quoted text with and without backslashes, between dollars, quoted names, comments, question marks and numbered values. */
const TOKENS =
  /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'[^']*'|(?<![\w$])\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"[^"]*"|--[^\n]*|\/\*|\?\??|(?<![\w$])\$\d+/g;

/** One thing that is not plain SQL. */
interface Token {
  readonly kind: 'quoted' | 'name' | 'comment' | 'mark' | 'doubleMark' | 'number';
  readonly from: number;
  readonly to: number;
}

function tokens(sql: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKENS);
  for (let match = pattern.exec(sql); match; match = pattern.exec(sql)) {
    const [text] = match;
    const to = text === '/*' ? commentEnd(sql, match.index + 2) : pattern.lastIndex;
    found.push({ kind: kindOf(text), from: match.index, to });
    pattern.lastIndex = to;
  }
  return found;
}

function kindOf(text: string): Token['kind'] {
  if (text === '?') return 'mark';
  if (text === '??') return 'doubleMark';
  if (text.startsWith('"')) return 'name';
  if (/^\$\d/.test(text)) return 'number';
  return text.startsWith('--') || text === '/*' ? 'comment' : 'quoted';
}

/** Comments hold comments. */
function commentEnd(sql: string, from: number): number {
  const ends = /\/\*|\*\//g;
  ends.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const end = ends.exec(sql);
    if (!end) return sql.length;
    depth += end[0] === '/*' ? 1 : -1;
  }
  return ends.lastIndex;
}

/** The text between its question marks; a doubled one is the operator `?` of jsonb and hstore. */
export function placeholders(sql: string): string[] {
  const parts: string[] = [];
  let part = '';
  let at = 0;
  for (const { kind, from, to } of tokens(sql)) {
    if (kind !== 'mark' && kind !== 'doubleMark') continue;
    part += sql.slice(at, from);
    at = to;
    if (kind === 'doubleMark') part += '?';
    else {
      parts.push(part);
      part = '';
    }
  }
  parts.push(part + sql.slice(at));
  return parts;
}

/** Whether values are numbered in the text: `$1`. */
export function isNumbered(sql: string): boolean {
  return sql.includes('$') && tokens(sql).some(({ kind }) => kind === 'number');
}

/** The SQL with quoted text and comments taken out: what remains are its words and operators. */
export function withoutQuotes(sql: string): string {
  let text = '';
  let at = 0;
  for (const { kind, from, to } of tokens(sql)) {
    text += sql.slice(at, from);
    at = to;
    if (kind === 'comment') text += ' ';
    // A quoted name may call a function.
    else text += kind === 'quoted' ? "''" : sql.slice(from, to);
  }
  return text + sql.slice(at);
}
