/** Says at the end of a run what the engines it was on cannot do; a reporter of vitest. */
import type { Reporter, TestModule } from 'vitest/node';
import { exceptions } from '../engines/exceptions.ts';

/** The backends that a file of `test/engines/` ran on. */
function backendsOf(module: TestModule): string[] {
  return [...module.children.suites()].map(({ name }) => name.replace(/^'|'$/g, ''));
}

/** Prints the exceptions that were run, each with its reason. */
export class ExceptionsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = new Set(modules.filter(({ moduleId }) => moduleId.includes('test/engines/')).flatMap(backendsOf));
    const lines = exceptions.flatMap(({ backends, file, test, reason }) => {
      const here = backends.filter((backend) => ran.has(backend));
      return here.length === 0 ? [] : [`  ${here.join(', ')}: ${file} > ${test}\n      ${reason}`];
    });
    if (lines.length === 0) return;
    console.log(`What not every engine can do, as test/engines/exceptions.ts lists it (${lines.length}):\n${lines.join('\n')}\n`);
  }
}
