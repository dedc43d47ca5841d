/** A step of `EXPLAIN QUERY PLAN` in a few words. */
import type { PlanCard, RowsOf } from './plan-card.ts';

export function describeSqlite(detail: string, rowsOf: RowsOf): PlanCard {
  const read = /^(SCAN|SEARCH) (?:TABLE )?("[^"]+"|\S+)(?: AS (\S+))?\s*(.*)$/.exec(detail);
  if (read) {
    const [, verb = '', table = '', , rest = ''] = read;
    const object = table.replaceAll('"', '');
    const rows = rowsOf(object);
    if (verb === 'SEARCH')
      return {
        kind: 'search',
        verb,
        object,
        detail: rest.replace(/^USING /, 'by '),
        hint: 'goes straight to the rows',
        rows: null,
      };
    const whole = /COVERING INDEX|INDEX/.test(rest) ? 'walks an index in order' : 'reads every row';
    return {
      kind: 'scan',
      verb,
      object,
      detail: rest.replace(/^USING /, 'by '),
      hint: rows === null ? whole : `${whole}: ${rows.toLocaleString('en')}`,
      rows,
    };
  }
  const sort = /^USE TEMP B-TREE FOR (.*)$/.exec(detail);
  if (sort) {
    const what = sort[1] ?? '';
    const kind = what.includes('ORDER') ? 'sort' : 'group';
    return {
      kind,
      verb: kind === 'sort' ? 'SORT' : 'COLLECT',
      object: what,
      detail: 'in a temporary tree',
      hint: 'all rows first, then in order',
      rows: null,
    };
  }
  const [verb = '', ...rest] = detail.split(' ');
  const kind = /^(CO-ROUTINE|MATERIALIZE|SCALAR|CORRELATED|LIST|COMPOUND|UNION|MERGE|LEFT|RIGHT|MULTI-INDEX|INDEX)/.test(detail)
    ? 'query'
    : 'other';
  return { kind, verb, object: rest.join(' '), detail: '', hint: '', rows: null };
}
