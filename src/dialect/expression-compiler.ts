/** Expressions to SQL, as all engines spell them; a dialect overrides where its engine differs. */
import type { BinaryOp, Expression, FrameBound, FunctionNode, QueryNode, WindowNode } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';
import { NotSupportedError, ProgrammingError } from '../errors.ts';
import type { DriverValue } from '../wire/statement.ts';
import type { Capabilities, Codec, Dialect } from './dialect.ts';
import { placeholders } from './placeholders.ts';
import { LEVEL, levelOf } from './precedence.ts';
import type { Writer } from './writer.ts';

export type Of<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

const ANY: ColumnType = Object.freeze({ name: 'any' });
const OPERATORS: Readonly<Record<BinaryOp, string>> = {
  '=': '=',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  is: 'IS NOT DISTINCT FROM',
  isNot: 'IS DISTINCT FROM',
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  '&': '&',
  '|': '|',
  '^': '#',
  '<<': '<<',
  '>>': '>>',
  concat: '||',
};
/** `double precision`, `varchar(20)`, `timestamp(3) with time zone`, `integer[][]`, `geo."Place"`. */
const TYPE_NAME =
  /^(?:[A-Za-z_]\w*|"[^"]+")(?:\.(?:[A-Za-z_]\w*|"[^"]+"))?(?: [A-Za-z]\w*)*(?: ?\(\s*-?\d+\s*(?:,\s*-?\d+\s*)?\))?(?: [A-Za-z]\w*)*(?:\[\d*\])*$/;
const UNARY = { not: 'NOT ', neg: '-', bitNot: '~' } as const;

/** Writes expressions; what a dialect must say itself is abstract. */
export abstract class ExpressionCompiler {
  abstract readonly name: Dialect['name'];
  /** The engine's name for messages. */
  abstract readonly engine: string;
  abstract readonly can: Capabilities;

  abstract codec(type: ColumnType): Codec;
  /** The engine's name of a type. */
  abstract typeName(type: ColumnType): string;
  /** A value as SQL text. */
  abstract literal(value: DriverValue): string;
  protected abstract match(w: Writer, node: Of<'match'>): void;
  protected abstract datePart(w: Writer, node: Of<'datePart'>): void;
  protected abstract truncate(w: Writer, node: Of<'truncate'>): void;
  protected abstract jsonPath(w: Writer, node: Of<'jsonPath'>): void;
  abstract query(w: Writer, node: QueryNode): void;

  quote(identifier: string): string {
    if (identifier.includes('\0')) throw new ProgrammingError('A name cannot contain the character NUL');
    return `"${identifier.includes('"') ? identifier.replaceAll('"', '""') : identifier}"`;
  }

  unsupported(what: string): NotSupportedError {
    return new NotSupportedError(`${this.engine} has no ${what}`);
  }

  expression(w: Writer, node: Expression): void {
    switch (node.kind) {
      case 'value':
        return this.value(w, node);
      case 'column':
        return this.column(w, node);
      case 'binary':
        return this.binary(w, node);
      case 'logic':
        return this.logic(w, node);
      case 'function':
        return this.function(w, node);
      case 'in':
        return this.in(w, node);
      case 'isNull':
        return this.suffix(w, node.operand, node.not ? ' IS NOT NULL' : ' IS NULL');
      case 'star':
        w.text += node.table === undefined ? '*' : `${this.quote(node.table)}.*`;
        return;
      case 'unary':
        return this.unary(w, node);
      case 'between':
        return this.between(w, node);
      case 'list':
        return this.rows(w, node.items);
      case 'subquery':
        return this.subquery(w, node.query);
      case 'match':
        return this.match(w, node);
      case 'literal':
        w.text += this.literal(node.value as DriverValue);
        return;
      case 'operator':
        return this.engineOperator(w, node);
      default:
        return this.other(w, node);
    }
  }

  /** The kinds that are rarer than those of `expression`. */
  private other(w: Writer, node: Expression): void {
    switch (node.kind) {
      case 'case':
        return this.case(w, node);
      case 'cast':
        return this.cast(w, node);
      case 'collate':
        return this.suffix(w, node.operand, ` COLLATE ${this.quote(node.collation)}`);
      case 'distinct':
        w.text += 'DISTINCT ';
        return this.operand(w, node.operand, LEVEL.raw);
      case 'alias':
        return this.expression(w, node.operand);
      case 'order':
        return this.order(w, node);
      case 'exists':
        w.text += node.not ? 'NOT EXISTS ' : 'EXISTS ';
        return this.subquery(w, node.query);
      case 'sql':
        return this.pieces(w, node.text, node.params);
      case 'datePart':
        return this.datePart(w, node);
      case 'truncate':
        return this.truncate(w, node);
      case 'jsonPath':
        return this.jsonPath(w, node);
      case 'jsonContains':
        return this.jsonContains(w, node);
      case 'jsonChange':
        return this.jsonChange(w, node);
      case 'excluded':
        w.text += `excluded.${this.quote(node.name)}`;
        return;
      case 'check':
        return this.check(w, node);
      case 'default':
        return this.default(w, node);
      case 'generated':
        return this.generated(w, node);
    }
  }

  expressions(w: Writer, nodes: readonly Expression[]): void {
    w.list(nodes, ', ', (node) => this.expression(w, node));
  }

  /** An expression inside another one of this level, in parentheses when it binds no tighter. */
  operand(w: Writer, node: Expression, level: number): void {
    if (levelOf(node) > level || (level === LEVEL.raw && node.kind === 'sql')) return this.expression(w, node);
    w.text += '(';
    this.expression(w, node);
    w.text += ')';
  }

  /** In ORDER BY and GROUP BY what has a name in the selection goes by it. */
  protected named(w: Writer, node: Expression): void {
    if (node.kind === 'alias') w.text += this.quote(node.name);
    else this.expression(w, node);
  }

  protected value(w: Writer, { value, type }: Of<'value'>): void {
    this.bind(w, this.encode(value, type), type);
  }

  /** As `operand`, beside `other`, which may tell what type a value has. */
  protected beside(w: Writer, node: Expression, level: number, _other: Expression): void {
    this.operand(w, node, level);
  }

  /** As `expression`, where what surrounds it tells what type a value has: the column it goes into, say. */
  assigned(w: Writer, node: Expression): void {
    this.expression(w, node);
  }

  /** As `expression`, between the parentheses of a function. */
  protected argument(w: Writer, node: Expression, _function: FunctionNode): void {
    this.operand(w, node, LEVEL.raw);
  }

  encode(value: unknown, type: ColumnType | undefined): DriverValue {
    return value === null ? null : this.codec(type ?? ANY).encode(value);
  }

  /** A bound value, or its text where nothing can be bound. */
  bind(w: Writer, value: DriverValue, type: ColumnType | undefined): void {
    if (w.literals) {
      w.text += this.literal(value);
      return;
    }
    w.params.push(value);
    w.text += this.placeholder(w.params.length, value, type);
  }

  /** How the `index`th bound value, counted from 1, is written. */
  placeholder(_index: number, _value: DriverValue, _type: ColumnType | undefined): string {
    return '?';
  }

  protected column(w: Writer, node: Of<'column'>): void {
    if (w.qualified && node.table !== undefined) {
      if (node.schema !== undefined) w.text += `${this.quote(node.schema)}.`;
      w.text += `${this.quote(node.table)}.`;
    }
    w.text += this.quote(node.name);
  }

  protected operator(op: BinaryOp): string {
    return OPERATORS[op];
  }

  protected binary(w: Writer, node: Of<'binary'>): void {
    const level = levelOf(node);
    this.beside(w, node.left, level, node.right);
    w.text += ` ${this.operator(node.op)} `;
    this.beside(w, node.right, level, node.left);
  }

  private logic(w: Writer, node: Of<'logic'>): void {
    w.list(node.operands, node.op === 'and' ? ' AND ' : ' OR ', (one) => this.operand(w, one, LEVEL.logic));
  }

  protected unary(w: Writer, node: Of<'unary'>): void {
    w.text += UNARY[node.op];
    this.operand(w, node.operand, LEVEL.arithmetic);
  }

  private suffix(w: Writer, operand: Expression, suffix: string): void {
    this.operand(w, operand, LEVEL.comparison);
    w.text += suffix;
  }

  protected between(w: Writer, node: Of<'between'>): void {
    this.beside(w, node.operand, LEVEL.comparison, node.low);
    w.text += ' BETWEEN ';
    this.beside(w, node.low, LEVEL.comparison, node.operand);
    w.text += ' AND ';
    this.beside(w, node.high, LEVEL.comparison, node.operand);
  }

  protected in(w: Writer, node: Of<'in'>): void {
    if (node.right.kind === 'list' && node.right.items.length === 0) {
      // Not every engine takes an empty list.
      w.text += node.not ? '1 = 1' : '1 = 0';
      return;
    }
    this.operand(w, node.left, LEVEL.comparison);
    w.text += node.not ? ' NOT IN ' : ' IN ';
    if (node.right.kind !== 'list') this.expression(w, node.right);
    else if (node.left.kind === 'list') this.rowList(w, node.right.items, node.left.items);
    else this.listBeside(w, node.right.items, [node.left]);
  }

  /** A list of row values, beside the expressions they are compared with. */
  protected rowList(w: Writer, rows: readonly Expression[], others: readonly Expression[]): void {
    w.text += '(';
    w.list(rows, ', ', (row) => {
      if (row.kind === 'list') this.listBeside(w, row.items, others);
      else this.expression(w, row);
    });
    w.text += ')';
  }

  /** Expressions beside others: the one at the same place, or the only one. */
  protected listBeside(w: Writer, items: readonly Expression[], others: readonly Expression[]): void {
    let at = 0;
    w.text += '(';
    w.list(items, ', ', (item) => this.beside(w, item, LEVEL.raw, others[others.length > 1 ? at++ : 0] ?? item));
    w.text += ')';
  }

  protected rows(w: Writer, items: readonly Expression[]): void {
    w.text += '(';
    this.expressions(w, items);
    w.text += ')';
  }

  protected function(w: Writer, node: FunctionNode): void {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/.test(node.name))
      throw new ProgrammingError(`"${node.name}" is no name of a function`);
    w.text += `${node.name}(`;
    if (node.distinct) w.text += 'DISTINCT ';
    w.list(node.args, ', ', (arg) => this.argument(w, arg, node));
    if (node.orderBy && node.orderBy.length > 0) {
      w.text += ' ORDER BY ';
      this.expressions(w, node.orderBy);
    }
    w.text += ')';
    if (node.filter) {
      w.text += ' FILTER (WHERE ';
      this.expression(w, node.filter);
      w.text += ')';
    }
    if (node.over === undefined) return;
    w.text += ' OVER ';
    if (typeof node.over === 'string') w.text += this.quote(node.over);
    else this.window(w, node.over);
  }

  protected window(w: Writer, node: WindowNode): void {
    const parts: (() => void)[] = [];
    if (node.extends !== undefined) parts.push(() => (w.text += this.quote(node.extends as string)));
    if (node.partitionBy.length > 0)
      parts.push(() => {
        w.text += 'PARTITION BY ';
        this.expressions(w, node.partitionBy);
      });
    if (node.orderBy.length > 0)
      parts.push(() => {
        w.text += 'ORDER BY ';
        this.expressions(w, node.orderBy);
      });
    const { frame } = node;
    if (frame) {
      parts.push(() => {
        w.text += `${frame.unit.toUpperCase()} ${frame.end ? 'BETWEEN ' : ''}`;
        this.bound(w, frame.start);
        if (frame.end) {
          w.text += ' AND ';
          this.bound(w, frame.end);
        }
        if (frame.exclude) w.text += ` EXCLUDE ${frame.exclude.toUpperCase()}`;
      });
    }
    w.text += '(';
    w.list(parts, ' ', (part) => part());
    w.text += ')';
  }

  private bound(w: Writer, bound: FrameBound): void {
    if (bound.kind === 'current') w.text += 'CURRENT ROW';
    else {
      if (bound.offset) this.expression(w, bound.offset);
      else w.text += 'UNBOUNDED';
      w.text += bound.kind === 'preceding' ? ' PRECEDING' : ' FOLLOWING';
    }
  }

  private case(w: Writer, node: Of<'case'>): void {
    w.text += 'CASE';
    if (node.operand) {
      w.text += ' ';
      this.operand(w, node.operand, LEVEL.comparison);
    }
    for (const branch of node.branches) {
      w.text += ' WHEN ';
      if (node.operand) this.beside(w, branch.when, LEVEL.raw, node.operand);
      else this.expression(w, branch.when);
      w.text += ' THEN ';
      this.expression(w, branch.then);
    }
    if (node.otherwise) {
      w.text += ' ELSE ';
      this.expression(w, node.otherwise);
    }
    w.text += ' END';
  }

  private cast(w: Writer, node: Of<'cast'>): void {
    const type = typeof node.type === 'string' ? node.type : this.typeName(node.type);
    if (!TYPE_NAME.test(type)) throw new ProgrammingError(`"${type}" is no name of a type`);
    w.text += 'CAST(';
    this.operand(w, node.operand, LEVEL.raw);
    w.text += ` AS ${type})`;
  }

  protected order(w: Writer, node: Of<'order'>): void {
    this.named(w, node.operand);
    w.text += node.descending ? ' DESC' : ' ASC';
    if (node.nulls) w.text += node.nulls === 'first' ? ' NULLS FIRST' : ' NULLS LAST';
  }

  subquery(w: Writer, query: QueryNode): void {
    const { qualified } = w;
    w.qualified = true;
    w.text += '(';
    this.query(w, query);
    w.text += ')';
    w.qualified = qualified;
  }

  protected jsonContains(_w: Writer, _node: Of<'jsonContains'>): void {
    throw this.unsupported('test of whether one JSON document contains another');
  }

  protected jsonChange(_w: Writer, node: Of<'jsonChange'>): void {
    throw this.unsupported(`way to ${node.change} parts of a JSON document`);
  }

  /** What only some engines have. */
  protected engineOperator(_w: Writer, node: Of<'operator'>): void {
    throw this.unsupported(`operator "${node.op}"`);
  }

  private check(w: Writer, node: Of<'check'>): void {
    if (node.name !== undefined) w.text += `CONSTRAINT ${this.quote(node.name)} `;
    w.text += 'CHECK (';
    this.expression(w, node.condition);
    w.text += ')';
  }

  private default(w: Writer, node: Of<'default'>): void {
    w.text += 'DEFAULT ';
    const { value } = node;
    if (value.kind === 'value' || (value.kind === 'sql' && /^\w+$/.test(value.text))) this.expression(w, value);
    else this.rows(w, [value]);
  }

  private generated(w: Writer, node: Of<'generated'>): void {
    w.text += 'GENERATED ALWAYS AS (';
    this.expression(w, node.value);
    w.text += ') STORED';
  }

  /** SQL as written, with the params in the places of its question marks. */
  protected pieces(w: Writer, text: string, params: readonly Expression[]): void {
    const parts = params.length > 0 ? this.parts(text) : [text];
    if (parts.length - 1 !== params.length) {
      throw new ProgrammingError(`The SQL has ${parts.length - 1} question marks for ${params.length} values`, { sql: text });
    }
    parts.forEach((part, at) => {
      if (at > 0) this.piece(w, params[at - 1] as Expression);
      w.text += part;
    });
  }

  /** SQL that somebody wrote, between its question marks. */
  protected parts(text: string): string[] {
    return placeholders(text);
  }

  /** An expression in the place of a question mark. */
  protected piece(w: Writer, node: Expression): void {
    this.expression(w, node);
  }

  names(w: Writer, names: readonly string[], before = ''): void {
    w.text += `${before}(${names.map((name) => this.quote(name)).join(', ')})`;
  }
}
