/** Parts of dates and times, the same as every other engine gives: of UTC, and whole numbers. */
import type { Expression } from '../../ast/expression.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { ExpressionCompiler, Of } from '../expression-compiler.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';

/** Writes a `datePart` node. */
export function writeDatePart(compiler: ExpressionCompiler, w: Writer, { part, operand, type }: Of<'datePart'>): void {
  // A cast would round the seconds.
  w.text += `CAST(${part === 'second' ? 'floor(' : ''}EXTRACT(${part} FROM `;
  inUtc(compiler, w, operand, type);
  w.text += `)${part === 'second' ? ')' : ''} AS integer)`;
}

/** Writes a `truncate` node: of the type that its operand has. */
export function writeTruncate(compiler: ExpressionCompiler, w: Writer, { part, operand, type }: Of<'truncate'>): void {
  const resolution = type.resolution ?? 1;
  const [before, after] = around(type.name, resolution);
  w.text += `${before}date_trunc('${part}', `;
  inUtc(compiler, w, operand, type);
  w.text += `)${after}`;
}

/** What makes of a truncated `timestamp` or `interval` what the column holds. */
function around(type: ColumnType['name'], resolution: number): readonly [string, string] {
  switch (type) {
    case 'date':
      return ['CAST(', ' AS date)'];
    case 'time':
      return ['CAST(', ' AS time)'];
    case 'datetimetz':
      return ['(', " AT TIME ZONE 'UTC')"];
    case 'timestamp':
      return ['CAST(EXTRACT(epoch FROM ', `) AS bigint)${resolution === 1 ? '' : ` * ${resolution}`}`];
    default:
      return ['', ''];
  }
}

function inUtc(compiler: ExpressionCompiler, w: Writer, operand: Expression, type: ColumnType): void {
  if (type.name === 'datetimetz') {
    compiler.operand(w, operand, LEVEL.arithmetic);
    w.text += " AT TIME ZONE 'UTC'";
  } else if (type.name === 'timestamp') {
    const resolution = type.resolution ?? 1;
    w.text += 'to_timestamp(';
    compiler.operand(w, operand, resolution === 1 ? LEVEL.raw : LEVEL.arithmetic);
    w.text += `${resolution === 1 ? '' : ` / ${resolution}.0`}) AT TIME ZONE 'UTC'`;
  } else if (type.name === 'date') {
    // Of a date alone, date_trunc would make a point in time of the session's zone.
    w.text += 'CAST(';
    compiler.operand(w, operand, LEVEL.raw);
    w.text += ' AS timestamp)';
  } else compiler.operand(w, operand, LEVEL.raw);
}
