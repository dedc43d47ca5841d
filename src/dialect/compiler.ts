/** Queries to SQL, as all engines spell them; a dialect overrides where its engine differs. */
import type {
  Assignment,
  ConflictNode,
  ConflictTarget,
  CteNode,
  DeleteNode,
  Expression,
  ForUpdateNode,
  InsertNode,
  JoinType,
  QueryNode,
  SelectNode,
  Source,
  TableNode,
  UpdateNode,
  WriteNode,
} from '../ast/expression.ts';
import type { Node } from '../ast/node.ts';
import type { SchemaNode } from '../ast/schema.ts';
import type { ColumnType } from '../ast/type.ts';
import { ProgrammingError } from '../errors.ts';
import type { ColumnData, Mode, Statement } from '../wire/statement.ts';
import { ExpressionCompiler } from './expression-compiler.ts';
import { type InsertValues, insertStatements, insertValues } from './insert-statements.ts';
import { LEVEL } from './precedence.ts';
import { Writer } from './writer.ts';

const JOINS: Readonly<Record<JoinType, string>> = {
  inner: ' INNER JOIN ',
  left: ' LEFT JOIN ',
  right: ' RIGHT JOIN ',
  full: ' FULL JOIN ',
  cross: ' CROSS JOIN ',
  natural: ' NATURAL JOIN ',
};
const COMPOUNDS = { union: ' UNION ', unionAll: ' UNION ALL ', intersect: ' INTERSECT ', except: ' EXCEPT ' } as const;

/** Longer text than this is values that should have been bound. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Compiles every kind of node; a dialect is a subclass. */
export abstract class Compiler extends ExpressionCompiler {
  abstract schema(node: SchemaNode): readonly Statement[];

  /** @throws NotSupportedError naming the engine and the construct. */
  compile(node: Node): readonly Statement[] {
    switch (node.kind) {
      case 'select':
      case 'compound':
        return [this.statement('read', (w) => this.query(w, node))];
      case 'insert':
        return insertStatements(this, node);
      case 'update':
        return [this.statement('write', (w) => this.update(w, node))];
      case 'delete':
        return [this.statement('write', (w) => this.delete(w, node))];
      case 'raw':
        return [this.rawStatement(node.text, node.params)];
      case 'explain':
        return this.compile(node.node)
          .slice(0, 1)
          .map((statement) => this.explain(statement, node.analyze));
      default:
        return this.schema(node);
    }
  }

  /** One statement of what `body` writes. @throws ProgrammingError when it is more than the engine takes. */
  statement(mode: Mode, body: (w: Writer) => void): Statement {
    const w = new Writer();
    try {
      body(w);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ProgrammingError(`The query is nested too deeply to be written as SQL; ${this.engine} would refuse it too`, {
        cause: error,
      });
    }
    return this.checked({ sql: w.text, mode: w.writes ? 'write' : mode, params: w.params });
  }

  checked(statement: Statement): Statement {
    const { sql, params = [] } = statement;
    if (params.length > this.can.maxParams) {
      throw new ProgrammingError(
        `The statement binds ${params.length} values, but ${this.engine} takes at most ${this.can.maxParams}: split the list, insert it into a table, or pass it as one JSON text`,
        { sql: sql.slice(0, 1000) },
      );
    }
    if (sql.length > MAX_LENGTH) {
      throw new ProgrammingError(`The statement is ${sql.length} characters long: pass long values as parameters`, {
        sql: sql.slice(0, 1000),
      });
    }
    return statement;
  }

  /** What `text` does to locks: `read` only when it certainly changes nothing. */
  modeOf(_text: string): Mode {
    return 'write';
  }

  /** With `analyze`, the engine runs the statement and tells what it took. */
  protected abstract explain(statement: Statement, analyze?: boolean): Statement;

  private rawStatement(text: string, params: readonly Expression[]): Statement {
    return this.statement(this.modeOf(text), (w) => this.pieces(w, text, params));
  }

  /** As `placeholder`, for a column of values of which each row binds one. */
  manyPlaceholder(index: number, _values: ColumnData, type: ColumnType | undefined): string {
    return this.placeholder(index, null, type);
  }

  // ───────────────────────────── reading ─────────────────────────────

  override query(w: Writer, node: QueryNode): void {
    this.ctes(w, node.with);
    if (node.kind === 'select') this.select(w, node);
    else {
      // Some engines intersect first, others go from left to right.
      this.member(w, node.left, node.op !== 'intersect' || (node.left.kind === 'compound' && node.left.op === 'intersect'));
      w.text += COMPOUNDS[node.op];
      this.member(w, node.right, false);
    }
    this.ordering(w, node);
    if (node.kind === 'select' && node.forUpdate) this.forUpdate(w, node.forUpdate);
  }

  ctes(w: Writer, ctes: readonly CteNode[]): void {
    if (ctes.length === 0) return;
    const outermost = w.text === '';
    w.text += ctes.some((cte) => cte.recursive) ? 'WITH RECURSIVE ' : 'WITH ';
    // Both sides of a union may have listed the same one.
    w.list([...new Set(ctes)], ', ', (cte) => {
      w.text += this.quote(cte.name);
      if (cte.columns.length > 0) this.names(w, cte.columns);
      w.text += cte.materialized === undefined ? ' AS (' : cte.materialized ? ' AS MATERIALIZED (' : ' AS NOT MATERIALIZED (';
      if ('returning' in cte.query) this.writingCte(w, cte.query, outermost);
      else this.query(w, cte.query);
      w.text += ')';
    });
    w.text += ' ';
  }

  /** An INSERT, UPDATE or DELETE as a CTE, before the whole statement or deeper in it. */
  protected writingCte(_w: Writer, _node: WriteNode, _outermost: boolean): void {
    throw this.unsupported('INSERT, UPDATE or DELETE in WITH: run it first, with returning(), both in one atomic()');
  }

  protected select(w: Writer, node: SelectNode): void {
    w.text += 'SELECT ';
    if (node.distinct === true) w.text += 'DISTINCT ';
    else if (node.distinct !== false) this.distinctOn(w, node.distinct);
    this.selection(w, node.columns);
    if (node.from.length > 0) {
      w.text += ' FROM ';
      w.list(node.from, ', ', (source) => this.source(w, source));
    }
    this.where(w, node.where);
    if (node.groupBy.length > 0) {
      w.text += ' GROUP BY ';
      w.list(node.groupBy, ', ', (one) => this.named(w, one));
    }
    if (node.having) {
      w.text += ' HAVING ';
      this.expression(w, node.having);
    }
    if (node.windows.length > 0) {
      w.text += ' WINDOW ';
      w.list(node.windows, ', ', ({ name, window }) => {
        w.text += `${this.quote(name)} AS `;
        this.window(w, window);
      });
    }
  }

  /** A side of a UNION; `open`: a union in it needs no bounds. */
  private member(w: Writer, node: QueryNode, open: boolean): void {
    const locks = node.kind === 'select' && node.forUpdate !== undefined;
    const own = locks || node.orderBy.length > 0 || node.limit || node.offset;
    if (own || (node.kind === 'compound' && !open)) this.wholeMember(w, node);
    else this.query(w, node);
  }

  /** A side that has an order, a limit or a lock, or is a union whose bounds must show. */
  protected wholeMember(w: Writer, node: QueryNode): void {
    w.text += 'SELECT * FROM (';
    this.query(w, node);
    w.text += ')';
  }

  protected distinctOn(w: Writer, on: readonly Expression[]): void {
    if (!this.can.distinctOn) throw this.unsupported('DISTINCT ON: group, or use a window function');
    w.text += 'DISTINCT ON (';
    this.expressions(w, on);
    w.text += ') ';
  }

  selection(w: Writer, columns: readonly Expression[]): void {
    w.list(columns, ', ', (column) => {
      if (column.kind !== 'alias') return this.expression(w, column);
      this.operand(w, column.operand, LEVEL.raw);
      w.text += ` AS ${this.quote(column.name)}`;
    });
  }

  where(w: Writer, where: Expression | undefined): void {
    if (!where) return;
    w.text += ' WHERE ';
    this.expression(w, where);
  }

  protected ordering(w: Writer, node: QueryNode): void {
    if (node.orderBy.length > 0) {
      w.text += ' ORDER BY ';
      const write = (): void => w.list(node.orderBy, ', ', (one) => this.named(w, one));
      // A union has no tables any more, only result columns.
      if (node.kind === 'compound') w.unqualified(write);
      else write();
    }
    this.limit(w, node.limit, node.offset);
  }

  protected limit(w: Writer, limit: Expression | undefined, offset: Expression | undefined): void {
    if (limit) {
      w.text += ' LIMIT ';
      this.assigned(w, limit);
    }
    if (offset) {
      w.text += ' OFFSET ';
      this.assigned(w, offset);
    }
  }

  protected forUpdate(w: Writer, node: ForUpdateNode): void {
    if (!this.can.forUpdate) throw this.unsupported('FOR UPDATE: a writing transaction locks the whole database already');
    w.writes = true;
    w.text += ` FOR ${(node.strength ?? 'update').toUpperCase()}`;
    if (node.of.length > 0) {
      w.text += ' OF ';
      w.list(node.of, ', ', (name) => (w.text += this.quote(name)));
    }
    if (node.wait !== 'wait') w.text += ` ${node.wait.toUpperCase()}`;
  }

  source(w: Writer, node: Source): void {
    switch (node.kind) {
      case 'table':
        return this.table(w, node);
      case 'derived':
        this.lateral(w, node.lateral);
        this.subquery(w, node.query);
        w.text += ` AS ${this.quote(node.alias)}`;
        return;
      case 'tableFunction':
        this.lateral(w, node.lateral);
        this.function(w, node.call);
        if (node.alias) w.text += ` AS ${this.quote(node.alias)}`;
        return;
      case 'valuesList':
        return this.valuesList(w, node);
      case 'join':
        return this.join(w, node);
    }
  }

  table(w: Writer, node: TableNode): void {
    if (node.schema !== undefined) w.text += `${this.quote(node.schema)}.`;
    w.text += this.quote(node.name);
    if (node.alias !== undefined && node.alias !== node.name) w.text += ` AS ${this.quote(node.alias)}`;
  }

  private join(w: Writer, node: Extract<Source, { kind: 'join' }>): void {
    this.source(w, node.left);
    w.text += JOINS[node.type];
    if (node.right.kind === 'join') {
      w.text += '(';
      this.source(w, node.right);
      w.text += ')';
    } else this.source(w, node.right);
    if (!node.on) return;
    w.text += ' ON ';
    this.expression(w, node.on);
  }

  private lateral(w: Writer, lateral: boolean | undefined): void {
    if (!lateral) return;
    if (!this.can.lateral) throw this.unsupported('LATERAL joins');
    w.text += 'LATERAL ';
  }

  protected valuesList(w: Writer, node: Extract<Source, { kind: 'valuesList' }>): void {
    w.text += '(VALUES ';
    this.valueRows(w, node.rows);
    w.text += `) AS ${this.quote(node.alias)}`;
    this.names(w, node.columns);
  }

  valueRows(w: Writer, rows: readonly (readonly Expression[])[]): void {
    w.list(rows, ', ', (row) => this.rows(w, row));
  }

  /** Rows of expressions for the columns of a table. */
  assignedRows(w: Writer, rows: readonly (readonly Expression[])[]): void {
    w.list(rows, ', ', (row) => {
      w.text += '(';
      w.list(row, ', ', (value) => this.assigned(w, value));
      w.text += ')';
    });
  }

  // ───────────────────────────── writing ─────────────────────────────

  /** The statements of an insert of plain values. */
  insertValues(node: InsertNode, source: InsertValues): readonly Statement[] {
    return insertValues(this, node, source);
  }

  /** Everything of an insert before its rows. */
  insertHead(w: Writer, node: InsertNode): void {
    this.ctes(w, node.with);
    w.text += this.insertVerb(node);
    this.table(w, node.into);
    if (node.columns.length > 0)
      this.names(
        w,
        node.columns.map((column) => column.name),
        ' ',
      );
  }

  /** How an insert begins, where that says what becomes of conflicts. */
  protected insertVerb(_node: InsertNode): string {
    return 'INSERT INTO ';
  }

  insertQuery(w: Writer, _node: InsertNode, query: QueryNode): void {
    w.text += ' ';
    this.query(w, query);
  }

  /** What stands after the rows for those that conflict. */
  conflict(w: Writer, node: ConflictNode | undefined): void {
    if (!node) return;
    if (node.action === 'replace') throw this.unsupported('INSERT OR REPLACE: name the constraint and what to update');
    w.text += ' ON CONFLICT';
    this.conflictTarget(w, node);
    if (node.action === 'ignore') {
      w.text += ' DO NOTHING';
      return;
    }
    w.text += ' DO UPDATE SET ';
    this.set(w, node.set);
    this.where(w, node.where);
  }

  protected conflictTarget(w: Writer, node: ConflictTarget): void {
    if (node.constraint !== undefined) {
      w.text += ` ON CONSTRAINT ${this.quote(node.constraint)}`;
      return;
    }
    if (node.target.length === 0) return;
    w.unqualified(() => {
      w.text += ' (';
      this.expressions(w, node.target);
      w.text += ')';
      this.where(w, node.targetWhere);
    });
  }

  protected set(w: Writer, assignments: readonly Assignment[]): void {
    w.list(assignments, ', ', ({ column, value }) => {
      w.text += `${this.quote(column)} = `;
      this.assigned(w, value);
    });
  }

  protected update(w: Writer, node: UpdateNode): void {
    this.ctes(w, node.with);
    w.text += 'UPDATE ';
    this.table(w, node.table);
    w.text += ' SET ';
    this.set(w, node.set);
    if (node.from.length > 0) {
      w.text += ' FROM ';
      w.list(node.from, ', ', (source) => this.source(w, source));
    }
    this.where(w, node.where);
    this.returning(w, node.returning);
  }

  protected delete(w: Writer, node: DeleteNode): void {
    this.ctes(w, node.with);
    w.text += 'DELETE FROM ';
    this.table(w, node.from);
    this.where(w, node.where);
    this.returning(w, node.returning);
  }

  returning(w: Writer, columns: readonly Expression[]): void {
    if (columns.length === 0) return;
    if (!this.can.returning) throw this.unsupported('RETURNING');
    w.text += ' RETURNING ';
    this.selection(w, columns);
  }
}
