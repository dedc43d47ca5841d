/** What SQLite says differently. */
import type {
  BinaryOp,
  ConflictTarget,
  DatePart,
  Expression,
  FunctionNode,
  InsertNode,
  JsonChange,
  QueryNode,
  Source,
} from '../../ast/expression.ts';
import type { EngineOp } from '../../ast/operator.ts';
import type { SchemaNode } from '../../ast/schema.ts';
import type { ColumnType } from '../../ast/type.ts';
import { DataError, ProgrammingError } from '../../errors.ts';
import type { ColumnData, DriverValue, Mode, Statement } from '../../wire/statement.ts';
import { Compiler } from '../compiler.ts';
import type { Capabilities, Codec } from '../dialect.ts';
import type { Of } from '../expression-compiler.ts';
import { escapeExpression, escapeLike } from '../pattern.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';
import { sqliteCodec } from './codec.ts';
import { schemaStatements, sqliteTypeName } from './ddl.ts';
import { isWideDecimal } from './decimal.ts';
import { globExpression, globOf } from './pattern.ts';
import { statementMode } from './statement-mode.ts';

/** What strftime calls the parts of a date. */
const PARTS: Readonly<Record<DatePart, string>> = { year: '%Y', month: '%m', day: '%d', hour: '%H', minute: '%M', second: '%S' };

/** A date and time with everything below a part at its start. */
const DATE_TIME_STARTS: Readonly<Record<DatePart, string>> = {
  year: '%Y-01-01 00:00:00',
  month: '%Y-%m-01 00:00:00',
  day: '%Y-%m-%d 00:00:00',
  hour: '%Y-%m-%d %H:00:00',
  minute: '%Y-%m-%d %H:%M:00',
  second: '%Y-%m-%d %H:%M:%S',
};

/** Changes in JSON that SQLite makes too, and questions about it that it answers. */
const JSON_CHANGES: Readonly<Partial<Record<JsonChange, string>>> = {
  set: 'json_set',
  replace: 'json_replace',
  append: 'json_insert',
  remove: 'json_remove',
};
const JSON_OPERATORS: Readonly<Partial<Record<EngineOp, string>>> = { toJson: 'json_quote', jsonLength: 'json_array_length' };

const INT32 = 2 ** 31;

/** The compiler of SQLite. */
export class SqliteCompiler extends Compiler {
  readonly name = 'sqlite';
  readonly engine = 'SQLite';
  readonly can: Capabilities;

  constructor(can: Capabilities) {
    super();
    this.can = can;
  }

  codec(type: ColumnType): Codec {
    return sqliteCodec(type);
  }

  typeName(type: ColumnType): string {
    return sqliteTypeName(type);
  }

  schema(node: SchemaNode): readonly Statement[] {
    return schemaStatements(this, node);
  }

  override modeOf(text: string): Mode {
    return statementMode(text);
  }

  literal(value: DriverValue): string {
    if (value === null) return 'NULL';
    if (typeof value === 'string') {
      if (value.includes('\0')) throw new DataError('Text with the character NUL cannot stand in a schema');
      return `'${value.replaceAll("'", "''")}'`;
    }
    if (value instanceof Uint8Array) return `X'${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}'`;
    // SQLite reads what is too large for a double as infinity.
    if (value === Infinity || value === -Infinity) return value > 0 ? '9e999' : '-9e999';
    return String(value);
  }

  protected override explain(statement: Statement, analyze?: boolean): Statement {
    if (analyze) throw this.unsupported('EXPLAIN ANALYZE: measure the query itself');
    const { sql, params, many } = statement;
    return { sql: `EXPLAIN QUERY PLAN ${sql}`, mode: 'read', params: params ?? many?.data.map(() => null) ?? [] };
  }

  // The binding has 32-bit integers and doubles: a larger whole number would arrive as REAL, its digits as TEXT.
  override placeholder(_index: number, value: DriverValue, type: ColumnType | undefined): string {
    return type?.name === 'bigint' || type?.name === 'bigauto' || (isLarge(value) && !isReal(type)) ? 'CAST(? AS INTEGER)' : '?';
  }

  override manyPlaceholder(index: number, values: ColumnData, type: ColumnType | undefined): string {
    const untyped = type === undefined || type.name === 'any';
    const integers = untyped && values.some(isLarge) && Array.prototype.every.call(values, isIntegerOrNull);
    return integers ? 'CAST(? AS INTEGER)' : this.placeholder(index, null, type);
  }

  protected override operator(op: BinaryOp): string {
    if (op === 'is') return 'IS';
    return op === 'isNot' ? 'IS NOT' : super.operator(op);
  }

  protected override function(w: Writer, node: FunctionNode): void {
    if (/^(sum|avg|total|abs|round)$/i.test(node.name)) this.requireNumbers(node.args);
    const [first] = node.args;
    const isExtreme = /^(max|min)$/i.test(node.name) && node.args.length === 1 && first?.kind === 'jsonPath';
    if (!isExtreme || first.as === 'value') return super.function(w, node);
    // As JSON, numbers would be compared by their digits.
    w.text += 'json_quote(';
    super.function(w, { ...node, args: [{ ...first, as: 'value' }] });
    w.text += ')';
  }

  protected override binary(w: Writer, node: Of<'binary'>): void {
    if (/^[-+*/%]$/.test(node.op)) this.requireNumbers([node.left, node.right]);
    if (node.op !== '^') return super.binary(w, node);
    // SQLite has no exclusive or: it is what either has less what both have.
    const { left, right } = node;
    const either: Expression = { kind: 'binary', op: '|', left, right };
    const both: Expression = { kind: 'binary', op: '&', left, right };
    super.binary(w, { kind: 'binary', op: '-', left: either, right: both });
  }

  /** Decimals that are kept as text: see decimal.ts. */
  private requireNumbers(nodes: readonly Expression[]): void {
    const wide = nodes.some(
      (node) => (node.kind === 'column' || node.kind === 'value') && node.type?.name === 'decimal' && isWideDecimal(node.type),
    );
    if (wide)
      throw this.unsupported(
        'exact arithmetic on decimals of more than 15 digits: calculate in JavaScript, or keep a smaller unit in a BigIntegerField',
      );
  }

  protected override match(w: Writer, { op, left, pattern }: Of<'match'>): void {
    const known = pattern.kind === 'value' && typeof pattern.value === 'string' ? pattern.value : undefined;
    switch (op) {
      case 'like':
        return this.matches(w, left, ' GLOB ', known === undefined ? globExpression(pattern) : textValue(globOf(known)));
      case 'ilike':
        return this.matches(w, left, ' LIKE ', pattern, " ESCAPE '\\'");
      case 'regexp':
      case 'iregexp':
        throw this.unsupported('regular expressions: use like, ilike or contains');
      default: {
        const before = op === 'startsWith' ? '' : '%';
        const after = op === 'endsWith' ? '' : '%';
        const whole =
          known === undefined
            ? concat([before, escapeExpression(pattern), after])
            : textValue(before + escapeLike(known) + after);
        return this.matches(w, left, ' LIKE ', whole, " ESCAPE '\\'");
      }
    }
  }

  protected override beside(w: Writer, node: Expression, level: number, other: Expression): void {
    const isPart = node.kind === 'value' && isJson(node.type) && isPathValue(other);
    super.beside(w, isPart ? { kind: 'value', value: plain(node.value) } : node, level, other);
  }

  private matches(w: Writer, left: Expression, operator: string, pattern: Expression, suffix = ''): void {
    this.operand(w, left, LEVEL.comparison);
    w.text += operator;
    this.operand(w, pattern, LEVEL.comparison);
    w.text += suffix;
  }

  protected override datePart(w: Writer, { part, operand, type }: Of<'datePart'>): void {
    w.text += 'CAST(';
    this.strftime(w, PARTS[part], operand, type);
    w.text += ' AS INTEGER)';
  }

  protected override truncate(w: Writer, { part, operand, type }: Of<'truncate'>): void {
    const format = DATE_TIME_STARTS[part];
    const [day = '', time = ''] = format.split(' ');
    if (type.name === 'date') this.strftime(w, day, operand, type);
    else if (type.name === 'time') this.strftime(w, time, operand, type);
    else if (type.name !== 'timestamp') this.strftime(w, format, operand, type);
    else {
      w.text += "CAST(strftime('%s', ";
      this.strftime(w, format, operand, type);
      w.text += `) AS INTEGER) * ${type.resolution ?? 1}`;
    }
  }

  private strftime(w: Writer, format: string, operand: Expression, type: ColumnType): void {
    w.text += `strftime('${format}', `;
    const resolution = type.name === 'timestamp' ? (type.resolution ?? 1) : 0;
    this.operand(w, operand, resolution > 1 ? LEVEL.comparison : LEVEL.raw);
    if (resolution > 1) w.text += ` / ${resolution}.0`;
    w.text += resolution > 0 ? ", 'unixepoch')" : ')';
  }

  protected override jsonPath(w: Writer, { operand, path, as }: Of<'jsonPath'>): void {
    this.operand(w, operand, LEVEL.arithmetic);
    // Written out, so that the same path is the same expression to an index or a GROUP BY.
    w.text += `${as === 'json' ? ' -> ' : ' ->> '}${this.literal(`$${path.map(step).join('')}`)}`;
  }

  protected override jsonChange(w: Writer, node: Of<'jsonChange'>): void {
    const { change, operand, path, value } = node;
    const name = JSON_CHANGES[change];
    if (name === undefined) return super.jsonChange(w, node);
    const place = change === 'append' ? `$${path.map(step).join('')}[#]` : `$${path.map(step).join('')}`;
    const json: Expression[] = value ? [{ kind: 'function', name: 'json', args: [value] }] : [];
    this.function(w, { kind: 'function', name, args: [operand, { kind: 'literal', value: place }, ...json] });
  }

  protected override engineOperator(w: Writer, node: Of<'operator'>): void {
    const name = JSON_OPERATORS[node.op];
    if (name === undefined) return super.engineOperator(w, node);
    this.function(w, { kind: 'function', name, args: node.operands });
  }

  protected override rowList(w: Writer, rows: readonly Expression[]): void {
    w.text += '(VALUES ';
    this.expressions(w, rows);
    w.text += ')';
  }

  // SQLite names the columns of VALUES itself.
  protected override valuesList(w: Writer, node: Extract<Source, { kind: 'valuesList' }>): void {
    w.text += '(SELECT ';
    w.list(node.columns, ', ', (name) => (w.text += `column${node.columns.indexOf(name) + 1} AS ${this.quote(name)}`));
    w.text += ' FROM (VALUES ';
    this.valueRows(w, node.rows);
    w.text += `)) AS ${this.quote(node.alias)}`;
  }

  protected override limit(w: Writer, limit: Expression | undefined, offset: Expression | undefined): void {
    // An offset needs a limit here; -1 is none.
    super.limit(w, limit ?? (offset && { kind: 'literal', value: -1 }), offset);
  }

  protected override insertVerb(node: InsertNode): string {
    return node.onConflict?.action === 'replace' ? 'INSERT OR REPLACE INTO ' : super.insertVerb(node);
  }

  override conflict(w: Writer, node: InsertNode['onConflict']): void {
    if (node?.action !== 'replace') super.conflict(w, node);
  }

  protected override conflictTarget(w: Writer, node: ConflictTarget): void {
    if (node.constraint !== undefined) throw this.unsupported('ON CONFLICT ON CONSTRAINT: name the columns, as conflictTarget');
    super.conflictTarget(w, node);
  }

  override insertQuery(w: Writer, node: InsertNode, query: QueryNode): void {
    // After a FROM, SQLite would read ON CONFLICT as the ON of a join.
    const bare = node.onConflict && node.onConflict.action !== 'replace' && !(query.kind === 'select' && query.where);
    super.insertQuery(w, node, bare ? closed(query) : query);
  }
}

/** The same rows from a query that has a WHERE. */
function closed(query: QueryNode): QueryNode {
  const where: Expression = { kind: 'literal', value: 1 };
  if (query.kind === 'select' && query.from.length > 0) return { ...query, where };
  return {
    kind: 'select',
    with: query.with,
    distinct: false,
    columns: [{ kind: 'star' }],
    from: [{ kind: 'derived', query: { ...query, with: [] }, alias: 'rows' }],
    where,
    groupBy: [],
    windows: [],
    orderBy: [],
  };
}

function isLarge(value: DriverValue): boolean {
  if (typeof value === 'bigint') return true;
  return typeof value === 'number' && Number.isSafeInteger(value) && (value >= INT32 || value < -INT32);
}

function isReal(type: ColumnType | undefined): boolean {
  return type?.name === 'double' || type?.name === 'float' || type?.name === 'decimal';
}

function isIntegerOrNull(value: DriverValue): boolean {
  return value === null || typeof value === 'bigint' || Number.isSafeInteger(value);
}

function isJson(type: ColumnType | undefined): boolean {
  return type?.name === 'json' || type?.name === 'jsonb';
}

/** Whether it is, or is calculated from, what is at a path. */
function isPathValue(node: Expression): boolean {
  if (node.kind === 'binary') return isPathValue(node.left);
  if (node.kind === 'collate' || node.kind === 'unary') return isPathValue(node.operand);
  return node.kind === 'jsonPath' && node.as === 'value';
}

/** What `->>` gives of JSON: of objects and arrays their text, of everything else itself. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function textValue(value: string): Expression {
  return { kind: 'value', value, type: { name: 'text' } };
}

function concat(parts: readonly (string | Expression)[]): Expression {
  return parts
    .filter((part) => part !== '')
    .map((part): Expression => (typeof part === 'string' ? { kind: 'literal', value: part } : part))
    .reduce((left, right) => ({ kind: 'binary', op: 'concat', left, right }));
}

function step(key: string | number): string {
  if (typeof key === 'number') {
    if (!Number.isSafeInteger(key)) throw new ProgrammingError(`${key} is no index of a JSON array`);
    return key < 0 ? `[#${key}]` : `[${key}]`;
  }
  return `.${JSON.stringify(key)}`;
}
