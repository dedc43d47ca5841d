/** A transaction on a connection of its own. */
import type { Statement } from '../wire/statement.ts';
import { ConnectionScope } from './connection-scope.ts';
import { NestedScope } from './nested-scope.ts';
import type { Host, Scope } from './scope.ts';
import type { AtomicOptions } from './transaction.ts';

export class TransactionScope extends ConnectionScope {
  readonly #mode: 'write' | 'read';
  readonly #isolation: AtomicOptions['isolationLevel'];

  constructor(host: Host, { mode = 'write', label = 'a transaction', isolationLevel }: AtomicOptions = {}) {
    super(host, 1, label);
    this.#mode = mode;
    this.#isolation = isolationLevel;
  }

  protected override opening(): readonly Statement[] {
    return [this.dialect.begin(this.#mode, this.#isolation)];
  }

  protected override leave(keep: boolean): Promise<void> {
    return this.giveBack(keep ? this.dialect.commit : null);
  }

  protected override nest(): Scope {
    return new NestedScope(this, this);
  }
}
