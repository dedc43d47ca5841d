/** What Postgres says differently. Postgres manual: "SQL Commands". */
import type {
  ConflictNode,
  ConflictTarget,
  Expression,
  FunctionNode,
  InsertNode,
  QueryNode,
  SelectNode,
  WriteNode,
} from '../../ast/expression.ts';
import type { Node } from '../../ast/node.ts';
import type { SchemaNode } from '../../ast/schema.ts';
import type { ColumnType } from '../../ast/type.ts';
import { DataError, ImproperlyConfigured, ProgrammingError } from '../../errors.ts';
import type { DriverValue, Mode, Statement } from '../../wire/statement.ts';
import { Compiler } from '../compiler.ts';
import type { Capabilities, Codec } from '../dialect.ts';
import type { Of } from '../expression-compiler.ts';
import { type InsertValues, insert, insertAtOnce } from '../insert-statements.ts';
import { LEVEL, levelOf } from '../precedence.ts';
import type { Writer } from '../writer.ts';
import { arrayOf } from './array-param.ts';
import { bulkInsert } from './bulk-insert.ts';
import { castBeside, castOf } from './cast.ts';
import { postgresCodec } from './codec.ts';
import { writeDatePart, writeTruncate } from './date-parts.ts';
import { schemaStatements } from './ddl.ts';
import { jsonExtreme, rewriteFunction } from './functions.ts';
import { writeJsonChange } from './json.ts';
import {
  asNumber,
  asText,
  comparable,
  groupable,
  isJson,
  isPath,
  jsonBetween,
  jsonComparison,
  jsonIn,
  tellsApart,
  uniteable,
  writeJsonPath,
} from './json-path.ts';
import { writeOperator } from './operators.ts';
import { writeMatch } from './pattern.ts';
import { changes, statementMode } from './statement-mode.ts';
import { isNumbered, placeholders } from './tokens.ts';
import { postgresTypeName } from './type-name.ts';

/** Functions that take values of any type, and so cannot tell what type one has. */
const TAKES_ANY =
  /^(concat|concat_ws|format|num_n(on)?nulls|to_jsonb?|jsonb?_(build|object)\w*|jsonb?_agg\w*|array_agg|pg_typeof|any_value)$/i;

/** A value written twice in the same sense is one parameter: only so is `age + $1` in SELECT the same as in GROUP BY. */
interface Bound {
  /** The type it says it has, or what it takes its type from. */
  readonly sense: unknown;
  readonly text: string;
}

/** The compiler of Postgres. */
export class PostgresCompiler extends Compiler {
  readonly name = 'postgres';
  readonly engine = 'PostgreSQL';
  readonly can: Capabilities;
  readonly #bound = new WeakMap<Writer, Map<Expression | string, Bound>>();

  constructor(can: Capabilities) {
    super();
    this.can = can;
  }

  codec(type: ColumnType): Codec {
    return postgresCodec(type);
  }

  typeName(type: ColumnType): string {
    return postgresTypeName(type);
  }

  schema(node: SchemaNode): readonly Statement[] {
    return schemaStatements(this, node);
  }

  override modeOf(text: string): Mode {
    return statementMode(text);
  }

  override checked(statement: Statement): Statement {
    const { sql, mode } = statement;
    return super.checked(mode === 'read' && changes(sql) ? { ...statement, mode: 'write' } : statement);
  }

  literal(value: DriverValue): string {
    if (value === null) return 'NULL';
    if (typeof value === 'string') {
      if (value.includes('\0')) throw new DataError('Text with the character NUL cannot stand in SQL');
      return `'${value.replaceAll("'", "''")}'`;
    }
    if (value instanceof Uint8Array)
      return `'\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}'::bytea`;
    if (typeof value === 'number' && !Number.isFinite(value)) return `'${value}'::double precision`;
    return String(value);
  }

  protected override explain(statement: Statement, analyze = false): Statement {
    const { sql, mode } = statement;
    const options = analyze ? 'ANALYZE, FORMAT JSON' : 'FORMAT JSON';
    return { ...statement, sql: `EXPLAIN (${options}) ${sql}`, mode: analyze ? mode : 'read' };
  }

  // ───────────────────────────── values ─────────────────────────────

  override placeholder(index: number): string {
    return `$${index}`;
  }

  protected override value(w: Writer, node: Of<'value'>): void {
    // Null of no type is of any type only as a word.
    if (node.value === null && node.type === undefined) w.text += 'NULL';
    else this.bindOnce(w, node, castOf(node.value, node.type), node);
  }

  protected override beside(w: Writer, node: Expression, level: number, other: Expression): void {
    if (node.kind !== 'value' || other.kind === 'value') return this.operand(w, node, level);
    this.bindOnce(w, node, castBeside(node.value, node.type), other);
  }

  override assigned(w: Writer, node: Expression): void {
    if (node.kind === 'value') this.bind(w, this.encode(node.value, node.type), node.type);
    else this.expression(w, node);
  }

  protected override argument(w: Writer, node: Expression, call: FunctionNode): void {
    if (node.kind !== 'value' || TAKES_ANY.test(call.name)) this.operand(w, node, LEVEL.raw);
    else this.textual(w, node, call);
  }

  protected override piece(w: Writer, node: Expression): void {
    if (node.kind === 'value') this.textual(w, node, node);
    else this.expression(w, node);
  }

  /** A value that says its type unless that is text, of which Postgres makes whatever is wanted: a date, a configuration. */
  private textual(w: Writer, node: Of<'value'>, place: FunctionNode | Of<'value'>): void {
    const cast = castOf(node.value, node.type);
    if (cast === 'text') this.bindOnce(w, node, undefined, place);
    else this.value(w, node);
  }

  private bindOnce(w: Writer, node: Of<'value'>, cast: string | undefined, place: Expression): void {
    const encoded = this.encode(node.value, node.type);
    const suffix = cast === undefined ? '' : `::${cast}`;
    if (w.literals) {
      // A literal has a type of its own, but for text and null.
      w.text += this.literal(encoded) + (typeof encoded === 'string' && cast !== 'text' ? suffix : '');
      return;
    }
    let known = this.#bound.get(w);
    if (!known) this.#bound.set(w, (known = new Map()));
    const sense = cast ?? senseOf(place, node);
    const key = typeof encoded === 'object' || sense === node ? node : `${typeof encoded} ${textOf(encoded)} ${sense}`;
    let bound = known.get(key);
    if (bound?.sense !== sense) known.set(key, (bound = { sense, text: `$${w.params.push(encoded)}${suffix}` }));
    w.text += bound.text;
  }

  // ───────────────────────────── expressions ─────────────────────────────

  protected override binary(w: Writer, node: Of<'binary'>): void {
    const { op, left, right } = node;
    if (op === 'concat') return this.concat(w, node);
    if (levelOf(node) !== LEVEL.comparison) return this.arithmetic(w, node);
    if (isJson(left) || isJson(right)) return this.all(w, jsonComparison(node));
    super.binary(w, node);
  }

  private arithmetic(w: Writer, node: Of<'binary'>): void {
    // An operator takes what it is given: `date + integer` is not `date + date`. So values say their types here.
    const level = levelOf(node);
    const path = isPath(node.left) || isPath(node.right);
    const write = (side: Expression): void => {
      const number = path && side.kind === 'value' ? { ...side, type: { name: 'double' } as const } : asNumber(side);
      this.operand(w, number, level);
    };
    write(node.left);
    w.text += ` ${this.operator(node.op)} `;
    write(node.right);
  }

  /** Text on both sides, as other engines make it of anything. */
  private concat(w: Writer, node: Of<'binary'>): void {
    const level = levelOf(node);
    this.beside(w, this.text(node.left), level, node.right);
    w.text += ' || ';
    this.beside(w, this.text(node.right), level, node.left);
  }

  /** As text, when it is known to be of another type. */
  text(node: Expression): Expression {
    if (isPath(node)) return asText(node);
    if (node.kind !== 'column' && node.kind !== 'value' && node.kind !== 'cast') return node;
    const type = node.type;
    const named = typeof type === 'object' ? castOf(null, type) : undefined;
    const plain = named === undefined ? node.kind !== 'value' || typeof node.value === 'string' : /^(text|citext)$/.test(named);
    return plain ? node : { kind: 'cast', operand: node, type: 'text' };
  }

  /** Comparisons that must all hold. */
  private all(w: Writer, comparisons: readonly Of<'binary'>[]): void {
    if (comparisons.length > 1) w.text += '(';
    w.list(comparisons, ' AND ', (one) => super.binary(w, one));
    if (comparisons.length > 1) w.text += ')';
  }

  protected override between(w: Writer, node: Of<'between'>): void {
    if (isJson(node.operand)) this.all(w, jsonBetween(node));
    else super.between(w, node);
  }

  protected override unary(w: Writer, node: Of<'unary'>): void {
    super.unary(w, node.op === 'not' ? node : { ...node, operand: asNumber(node.operand) });
  }

  protected override in(w: Writer, node: Of<'in'>): void {
    const { left, right, not } = node;
    if (right.kind !== 'list' || right.items.length === 0 || left.kind === 'list') return super.in(w, node);
    if (isJson(left) && !isReady(left)) return this.in(w, jsonIn(node, right.items));
    const list = w.literals ? undefined : arrayOf(right.items, (value, type) => this.encode(value, type));
    if (!list) return super.in(w, node);
    // One parameter however many values: one text for the engine to prepare, and no limit of parameters.
    this.operand(w, left, LEVEL.comparison);
    w.text += `${not ? ' <> ALL(' : ' = ANY('}$${w.params.push(list.text)}`;
    const cast = left.kind === 'value' ? (list.cast ?? list.own) : list.cast;
    w.text += cast === undefined ? ')' : `::${cast}[])`;
  }

  protected override named(w: Writer, node: Expression): void {
    super.named(w, isPath(node) ? comparable(node) : node);
  }

  protected override match(w: Writer, node: Of<'match'>): void {
    writeMatch(this, w, node);
  }

  /** As `beside`, for the parts of the compiler in files of their own. */
  near(w: Writer, node: Expression, level: number, other: Expression): void {
    this.beside(w, node, level, other);
  }

  protected override select(w: Writer, node: SelectNode): void {
    super.select(w, groupable(node));
  }

  protected override function(w: Writer, node: FunctionNode): void {
    const extreme = jsonExtreme(node);
    if (extreme) this.expression(w, extreme);
    else super.function(w, rewriteFunction(node));
  }

  /** SQL that numbers its values itself says where they belong, as long as no others come before them. */
  protected override pieces(w: Writer, text: string, params: readonly Expression[]): void {
    if (params.length === 0 || w.params.length > 0 || !isNumbered(text)) return super.pieces(w, text, params);
    for (const param of params) if (param.kind === 'value') w.params.push(this.encode(param.value, param.type));
    w.text += text;
  }

  protected override parts(text: string): string[] {
    return placeholders(text);
  }

  protected override datePart(w: Writer, node: Of<'datePart'>): void {
    writeDatePart(this, w, node);
  }

  protected override truncate(w: Writer, node: Of<'truncate'>): void {
    writeTruncate(this, w, node);
  }

  protected override jsonPath(w: Writer, node: Of<'jsonPath'>): void {
    writeJsonPath(this, w, node);
  }

  protected override jsonContains(w: Writer, { outer, inner }: Of<'jsonContains'>): void {
    this.operand(w, comparable(inner), LEVEL.comparison);
    w.text += ' <@ ';
    this.operand(w, comparable(outer), LEVEL.comparison);
  }

  protected override jsonChange(w: Writer, node: Of<'jsonChange'>): void {
    writeJsonChange(this, w, node);
  }

  protected override engineOperator(w: Writer, node: Of<'operator'>): void {
    writeOperator(this, w, node);
  }

  // ───────────────────────────── queries ─────────────────────────────

  override query(w: Writer, node: QueryNode): void {
    super.query(w, node.kind === 'compound' && tellsApart(node) ? uniteable(node) : node);
  }

  protected override wholeMember(w: Writer, node: QueryNode): void {
    w.text += '(';
    this.query(w, node);
    w.text += ')';
  }

  override compile(node: Node): readonly Statement[] {
    const statements = super.compile(node);
    const isRepeated = statements.length > 1 || statements[0]?.many !== undefined;
    if (isRepeated && 'with' in node && node.with.some(({ query }) => 'returning' in query)) {
      throw new ProgrammingError('The rows take several statements, and a CTE would write in each: run it before them');
    }
    return statements;
  }

  // Postgres manual 7.8.4: data-modifying statements in WITH.
  protected override writingCte(w: Writer, node: WriteNode, outermost: boolean): void {
    if (!outermost) {
      throw this.unsupported(
        'INSERT, UPDATE or DELETE in WITH except before a whole statement: list it in withCte() of the outermost query',
      );
    }
    w.writes = true;
    if (node.kind === 'update') this.update(w, node);
    else if (node.kind === 'delete') this.delete(w, node);
    else if (node.source.kind !== 'values' || node.source.length > 0) insertAtOnce(this, w, node);
    else {
      const nothing = `SELECT ${node.columns.map(() => 'NULL').join(', ')} WHERE false`;
      insert(this, w, node, () => (w.text += ` ${nothing}`));
    }
  }

  override insertValues(node: InsertNode, source: InsertValues): readonly Statement[] {
    return bulkInsert(this, node, source);
  }

  override conflict(w: Writer, node: ConflictNode | undefined): void {
    if (node?.action === 'update' && node.target.length === 0 && node.constraint === undefined) {
      throw new ImproperlyConfigured(
        'PostgreSQL has to be told which constraint onConflict() is about: give conflictTarget or conflictConstraint',
      );
    }
    super.conflict(w, node);
  }

  // Of a condition with parameters nobody knows whether it is that of a partial index.
  protected override conflictTarget(w: Writer, node: ConflictTarget): void {
    const { literals } = w;
    w.literals = true;
    super.conflictTarget(w, node);
    w.literals = literals;
  }
}

/** What a value in this place takes its type from, the same for places that say the same; itself where nobody knows. */
function senseOf(place: Expression, value: Expression): Expression | string {
  if (place === value) return value;
  // Arguments of one call may be of different types.
  const at = place.kind === 'function' ? place.args.indexOf(value) : -1;
  return (
    at + JSON.stringify(place, (_, part: unknown) => (typeof part === 'bigint' || ArrayBuffer.isView(part) ? typeof part : part))
  );
}

function textOf(value: DriverValue): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Whether it is jsonb as it stands. */
function isReady(node: Expression): boolean {
  return node.kind === 'column' && node.type?.name === 'jsonb';
}
