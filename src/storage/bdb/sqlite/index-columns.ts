/** Finds out from the schema's text how each index collates its columns: what its records are sorted by. */

/** How the columns of an index are sorted. */
export interface IndexShape {
  /** The collation of each, in capitals. */
  readonly collations: readonly string[];
  /** Whether one of them is DESC. */
  readonly descends: boolean;
}

/** What the text of a table says about indexes. */
export interface TableShape {
  /** The collation of each column, in capitals, by its name in small letters. */
  readonly columns: ReadonlyMap<string, string>;
  /** The indexes that its constraints make: `sqlite_autoindex_NAME_1`, `…_2` and so on. */
  readonly automatic: readonly IndexShape[];
}

interface Token {
  /** In capitals where it is not quoted, and without the quotes where it is. */
  readonly text: string;
  readonly quoted: boolean;
  /** How many parentheses it is in. */
  readonly depth: number;
}

/** A column of an index as the text names it. */
interface Column {
  /** In small letters. */
  readonly name: string;
  /** In capitals; null means that of the column. */
  readonly collation: string | null;
  readonly descends: boolean;
}

const TOKENS =
  /\s+|--[^\n]*|\/\*.*?(?:\*\/|$)|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|'((?:[^']|'')*)'|\[([^\]]*)\]|[\w$\u0080-\uffff]+|./gsu;
const CONSTRAINTS = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);
const AFTER_TYPE = new Set([
  ...CONSTRAINTS,
  'NOT',
  'NULL',
  'DEFAULT',
  'COLLATE',
  'REFERENCES',
  'GENERATED',
  'AS',
  'ON',
  'DEFERRABLE',
]);

/** Reads `CREATE TABLE …` as the schema has it. */
export function tableShape(sql: string): TableShape {
  const reading = new TableReading();
  for (const definition of partsOf(insideOf(tokensOf(sql), 0), 1)) {
    const [first] = definition;
    if (first === undefined) continue;
    if (!first.quoted && CONSTRAINTS.has(first.text)) reading.constraints(definition);
    else reading.column(definition);
  }
  return { columns: reading.columns, automatic: reading.automatic() };
}

/**
 * The index that `CREATE INDEX …` makes on a table.
 * @returns null when a column of it is an expression.
 */
export function indexShape(sql: string, table: TableShape): IndexShape | null {
  const tokens = tokensOf(sql);
  const on = tokens.findIndex(({ text, quoted }) => text === 'ON' && !quoted);
  const columns = columnsOf(insideOf(tokens.slice(on + 1), 0));
  const collations = columns?.map(({ name, collation }) => collation ?? table.columns.get(name));
  if (!columns || !collations?.every((collation) => collation !== undefined)) return null;
  return { collations, descends: columns.some(({ descends }) => descends) };
}

/** Collects what the definitions in a table say, one after the other. */
class TableReading {
  readonly columns: Map<string, string> = new Map();
  readonly #integers = new Set<string>();
  readonly #unique: (readonly Column[])[] = [];

  column(definition: readonly Token[]): void {
    const name = nameOf(definition[0]!);
    const words = definition.slice(1).filter(({ depth }) => depth === 1);
    const constraints = words.findIndex(({ text, quoted }) => !quoted && AFTER_TYPE.has(text));
    const type = definition.slice(1, constraints < 0 ? undefined : definition.indexOf(words[constraints]!));
    const isInteger = type.length === 1 && type[0]!.text.toUpperCase() === 'INTEGER';
    if (isInteger) this.#integers.add(name);
    this.columns.set(name, 'BINARY');

    words.forEach(({ text, quoted }, index) => {
      if (quoted || index < constraints) return;
      const next = words[index + 1];
      if (text === 'COLLATE' && next !== undefined) this.columns.set(name, next.text.toUpperCase());
      const isDescending = text === 'PRIMARY' && words[index + 2]?.text === 'DESC';
      const own = [{ name, collation: null, descends: isDescending }];
      if (text === 'UNIQUE') this.#unique.push(own);
      // `INTEGER PRIMARY KEY` is the rowid itself, but for an old mistake with DESC that has become the rule.
      if (text === 'PRIMARY' && (!isInteger || isDescending)) this.#unique.push(own);
    });
  }

  /** Constraints of the table; commas between them are optional. */
  constraints(definition: readonly Token[]): void {
    definition.forEach(({ text, quoted, depth }, index) => {
      if (quoted || depth !== 1 || (text !== 'PRIMARY' && text !== 'UNIQUE')) return;
      const columns = columnsOf(insideOf(definition.slice(index), 1)) ?? [];
      const isRowid = text === 'PRIMARY' && columns.length === 1 && this.#integers.has(columns[0]!.name);
      if (!isRowid) this.#unique.push(columns);
    });
  }

  /** A constraint that repeats another one makes no index. */
  automatic(): readonly IndexShape[] {
    const found = new Map<string, IndexShape>();
    for (const columns of this.#unique) {
      const collations = columns.map(({ name, collation }) => collation ?? this.columns.get(name) ?? 'BINARY');
      const key = JSON.stringify([columns.map(({ name }) => name), collations]);
      if (!found.has(key)) found.set(key, { collations, descends: columns.some(({ descends }) => descends) });
    }
    return [...found.values()];
  }
}

/** The columns of a list in parentheses, or null when one is an expression. */
function columnsOf(list: readonly Token[]): readonly Column[] | null {
  const columns = partsOf(list, list[0]?.depth ?? 0).map((part) => {
    const words = part.filter(({ text, quoted }) => quoted || (text !== '(' && text !== ')'));
    const [name, collate, collation] = words;
    const named = collate?.text === 'COLLATE' && !collate.quoted && collation !== undefined;
    const rest = words.slice(named ? 3 : 1).filter(({ text, quoted }) => quoted || (text !== 'ASC' && text !== 'DESC'));
    if (name === undefined || rest.length > 0) return null;
    const descends = words.some(({ text, quoted }) => text === 'DESC' && !quoted);
    return { name: nameOf(name), collation: named ? collation.text.toUpperCase() : null, descends };
  });
  return columns.every((column) => column !== null) ? columns : null;
}

/** Names are the same whatever the case of their letters of ASCII. */
function nameOf({ text }: Token): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const [text, double, back, single, bracket] of sql.matchAll(TOKENS)) {
    if (/^(\s|--|\/\*)/.test(text)) continue;
    const inner = double?.replaceAll('""', '"') ?? back?.replaceAll('``', '`') ?? single?.replaceAll("''", "'") ?? bracket;
    if (text === ')') depth--;
    tokens.push({
      text: inner ?? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
      quoted: inner !== undefined,
      depth,
    });
    if (text === '(') depth++;
  }
  return tokens;
}

/** What is between the first parenthesis that opens at `depth` and the one that closes it. */
function insideOf(tokens: readonly Token[], depth: number): readonly Token[] {
  const opens = tokens.findIndex((token) => token.depth === depth && token.text === '(' && !token.quoted);
  const closes = tokens.findIndex(
    (token, index) => index > opens && token.depth === depth && token.text === ')' && !token.quoted,
  );
  return opens < 0 ? [] : tokens.slice(opens + 1, closes < 0 ? undefined : closes);
}

function partsOf(tokens: readonly Token[], depth: number): readonly Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',' && !token.quoted && token.depth === depth) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}
