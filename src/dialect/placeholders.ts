/** Where values belong in SQL that somebody wrote. */

/** Quoted text, quoted names, comments, and the question marks among them; doubled quotes are two tokens side by side. */
const TOKENS = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g;

/** The text between its question marks; those inside quotes and comments are text. */
export function placeholders(sql: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const token of sql.matchAll(TOKENS)) {
    if (token[0] !== '?') continue;
    parts.push(sql.slice(from, token.index));
    from = token.index + 1;
  }
  parts.push(sql.slice(from));
  return parts;
}

/** The SQL with quoted text and comments taken out: what remains are its words and operators. */
export function withoutQuotes(sql: string): string {
  return sql.replace(TOKENS, (token) => (token === '?' ? '?' : token.startsWith('-') || token.startsWith('/') ? ' ' : '""'));
}
