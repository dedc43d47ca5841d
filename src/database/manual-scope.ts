/** A connection on which the user begins and commits by hand. */
import type { Statement } from '../wire/statement.ts';
import { ConnectionScope } from './connection-scope.ts';
import { NestedScope } from './nested-scope.ts';
import type { Host, Scope } from './scope.ts';

export class ManualScope extends ConnectionScope {
  #open = false;

  constructor(host: Host) {
    super(host, 0, 'a connection under manualCommit');
  }

  override get inTransaction(): boolean {
    return this.#open;
  }

  async begin(mode: 'write' | 'read' = 'write'): Promise<void> {
    await this.run({ statements: [this.dialect.begin(mode)] });
    this.#open = true;
  }

  override async commit(): Promise<void> {
    await this.run({ statements: [this.dialect.commit] });
    this.#open = false;
  }

  override async rollback(): Promise<void> {
    await this.run({ statements: [this.dialect.rollback] });
    this.#open = false;
  }

  protected override opening(): readonly Statement[] {
    return [];
  }

  protected override leave(): Promise<void> {
    return this.giveBack(null);
  }

  protected override nest(): Scope {
    return new NestedScope(this, this);
  }
}
