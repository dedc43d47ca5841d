/** What `db5.3_sql` says of many groups of statements, in as few processes as it survives. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `before`, then each group in a savepoint that is rolled back. Answers the first complaint about each group, or null;
 * a group with which the program crashes has the complaint "crashed".
 */
export function complaintsOf(before: readonly string[], groups: readonly (readonly string[])[]): (string | null)[] {
  const complaints: (string | null)[] = [];
  while (complaints.length < groups.length) {
    const script = new Script(before);
    for (const group of groups.slice(complaints.length)) script.add(group);
    const survived = script.run();
    complaints.push(...survived);
    if (complaints.length < groups.length) complaints.push('crashed');
  }
  return complaints;
}

class Script {
  readonly #lines: string[];
  /** The group of a statement by its first line, counted from 1. */
  readonly #groups = new Map<number, number>();
  #count = 0;

  constructor(before: readonly string[]) {
    this.#lines = before.map((sql) => `${sql};`);
  }

  add(group: readonly string[]): void {
    this.#lines.push('savepoint judged;');
    for (const sql of group) {
      this.#groups.set(this.#lines.length + 1, this.#count);
      this.#lines.push(...`${sql};`.split('\n'));
    }
    this.#lines.push('rollback to judged;', 'release judged;', `select 'survived ${this.#count++}';`);
  }

  /** The complaint about each group up to the first with which the program crashes. */
  run(): (string | null)[] {
    const folder = mkdtempSync(join(tmpdir(), 'waxwing-schemas-'));
    try {
      const input = `${this.#lines.join('\n')}\n`;
      const { stdout, stderr } = spawnSync('db5.3_sql', ['-batch', join(folder, 'judged.db')], { input, encoding: 'utf8' });
      const survived = [...stdout.matchAll(/^survived \d+$/gm)].length;
      const complaints = new Array<string | null>(survived).fill(null);
      for (const [, line, what] of stderr.matchAll(/^Error: near line (\d+): (.*)$/gm)) {
        const group = this.#groups.get(Number(line));
        if (group === undefined) throw new Error(`db5.3_sql did not prepare the schemas: ${what}`);
        if (group < survived) complaints[group] ??= what!;
      }
      return complaints;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
