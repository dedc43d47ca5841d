/** Changes inside JSON documents, as Postgres makes them. */
import type { ExpressionCompiler, Of } from '../expression-compiler.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';
import { arrayText } from './array.ts';

/** Keys and indexes as Postgres's functions take them: `'{a,0}'`. */
function pathText(path: readonly (string | number)[]): string {
  return arrayText(path, 1, String);
}

/** Writes a `jsonChange` node. */
export function writeJsonChange(compiler: ExpressionCompiler, w: Writer, node: Of<'jsonChange'>): void {
  const { change, operand, value, after } = node;
  if (change === 'remove') {
    compiler.operand(w, operand, LEVEL.arithmetic);
    w.text += ` #- ${compiler.literal(pathText(node.path))}`;
    return;
  }
  // Behind the last one there is room for one more.
  const path = change === 'append' ? [...node.path, -1] : node.path;
  w.text += change === 'set' || change === 'replace' ? 'jsonb_set(' : 'jsonb_insert(';
  compiler.operand(w, operand, LEVEL.raw);
  w.text += `, ${compiler.literal(pathText(path))}, `;
  if (value) compiler.operand(w, value, LEVEL.raw);
  if (change === 'replace') w.text += ', false';
  w.text += change === 'append' || after ? ', true)' : ')';
}
