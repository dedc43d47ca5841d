/** A savepoint, or a transaction on a connection where the user does the rest by hand. */
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import { type ConnectionScope, preceded, shifted } from './connection-scope.ts';
import { Scope } from './scope.ts';

/** How a scope on another's connection begins and ends. */
interface Frame {
  readonly begin: Statement;
  readonly keep: readonly Statement[];
  readonly undo: readonly Statement[];
}

export class NestedScope extends Scope {
  readonly #parent: Scope;
  readonly #root: ConnectionScope;
  #frame: Frame | null = null;

  constructor(parent: Scope, root: ConnectionScope) {
    super(root.host, parent.depth + 1);
    this.#parent = parent;
    this.#root = root;
  }

  protected override async enter(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    this.#frame = this.#makeFrame();
    try {
      return (await this.#parent.run(preceded([this.#frame.begin], batch), shifted(onRows, 1))).slice(1);
    } catch (error) {
      // What went before stands as it was; the next statement begins anew.
      if (this.#parent.begun) await this.leave(false).catch(() => {});
      throw error;
    }
  }

  protected override send(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    return this.#parent.run(batch, onRows);
  }

  protected override read(statement: Statement, size?: number): AsyncIterable<Rows> {
    return this.#parent.stream(statement, size);
  }

  protected override async leave(keep: boolean): Promise<void> {
    const frame = this.#frame as Frame;
    try {
      await this.#parent.run({ statements: keep ? frame.keep : frame.undo });
    } catch (error) {
      // A commit that fails leaves its transaction open.
      if (keep) await this.#parent.run({ statements: frame.undo }).catch(() => {});
      throw error;
    }
  }

  protected override nest(): Scope {
    return new NestedScope(this, this.#root);
  }

  #makeFrame(): Frame {
    const { dialect } = this;
    if (!this.#parent.inTransaction) return { begin: dialect.begin('write'), keep: [dialect.commit], undo: [dialect.rollback] };
    const name = this.#root.nameSavepoint();
    const release = dialect.releaseSavepoint(name);
    return { begin: dialect.savepoint(name), keep: [release], undo: [dialect.rollbackTo(name), release] };
  }
}
