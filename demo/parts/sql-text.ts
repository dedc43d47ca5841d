/** SQL in colours, its clauses on lines of their own. */
import { el } from './el.ts';

const KEYWORDS = new Set(
  `select from where and or not in is null like glob between exists case when then else end as on join inner left right full outer cross
  group by having order limit offset asc desc nulls first last distinct all union intersect except values insert into update set delete
  returning default create table index unique primary key foreign references cascade restrict constraint check collate if drop alter add
  with recursive over partition rows range unbounded preceding following current row begin immediate deferred commit rollback savepoint
  release to pragma explain query plan conflict do nothing using escape cast without rowid strict view trigger`.split(/\s+/),
);
const NEW_LINE = /^(from|where|group|having|order|limit|inner|left|full|cross|join|set|values|returning|union|intersect|except)$/;
const TOKEN =
  /('(?:[^']|'')*')|("(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|(--[^\n]*|\/\*[\s\S]*?\*\/)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_][\w$]*)|(\s+)|([\s\S])/g;

export function sqlText(sql: string): HTMLElement {
  const code = el('code', { class: 'sql' });
  let depth = 0;
  let last = '';
  for (const match of sql.matchAll(TOKEN)) {
    const [text, string, name, comment, number, word, space] = match;
    const lower = word?.toLowerCase() ?? '';
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (
      NEW_LINE.test(lower) &&
      depth === 0 &&
      code.childNodes.length > 0 &&
      !/^(inner|left|full|cross|outer|delete|set)$/.test(last)
    )
      breakLine(code);
    if (word) last = lower;
    if (space) code.append(space.includes('\n') ? '\n' : ' ');
    else if (string) code.append(el('span', { class: 's-string' }, text));
    else if (name) code.append(el('span', { class: 's-name' }, text));
    else if (comment) code.append(el('span', { class: 's-comment' }, text));
    else if (number) code.append(el('span', { class: 's-number' }, text));
    else if (KEYWORDS.has(lower)) code.append(el('span', { class: 's-keyword' }, text));
    else code.append(text);
  }
  return code;
}

function breakLine(code: HTMLElement): void {
  const end = code.lastChild;
  if (end?.nodeType === Node.TEXT_NODE && end.textContent?.endsWith('\n')) return;
  if (end?.nodeType === Node.TEXT_NODE && end.textContent === ' ') end.remove();
  code.append('\n');
}
