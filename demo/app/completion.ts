/** Completes what is typed from the loaded models themselves and the names of Waxwing. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { MODELS } from '../data/models.ts';
import { DATABASE_METHODS, EXPRESSION_METHODS, FUNCTIONS, GLOBALS, type Known, MODEL_METHODS, QUERY_METHODS } from './names.ts';

/** What a column tells about itself. */
interface ColumnLike {
  readonly '~info'?: { readonly type?: { readonly name: string } };
}

/** The fields of each model with what they hold, asked of the models when the editor starts. */
function fieldsOf(model: { readonly c: object }): Completion[] {
  return Object.entries(model.c).map(([label, column]: [string, ColumnLike]) => {
    return { label, type: 'property', detail: column['~info']?.type?.name ?? 'field', boost: 2 };
  });
}

const methods = (list: readonly Known[]): Completion[] =>
  list.map(({ label, detail, info }) => ({ label, detail, type: 'method', ...(info ? { info } : {}) }));

const MODEL_NAMES: Completion[] = Object.keys(MODELS).map((label) => ({ label, type: 'class', detail: 'model', boost: 3 }));
const COLUMNS = new Map(Object.entries(MODELS).map(([name, model]) => [name, fieldsOf(model)]));
const START = [
  ...MODEL_NAMES,
  ...methods(GLOBALS),
  ...['await', 'const', 'async', 'return', 'for'].map((label) => ({ label, type: 'keyword' })),
];

export function complete(context: CompletionContext): CompletionResult | null {
  const path = context.matchBefore(/[\w$)\]]+\.[\w$]*|\.[\w$]*/);
  if (path) {
    const dot = path.text.lastIndexOf('.');
    return { from: path.from + dot + 1, options: after(path.text.slice(0, dot), context), validFor: /^[\w$]*$/ };
  }
  const word = context.matchBefore(/[A-Za-z_$][\w$]*/);
  return word || context.explicit ? { from: word?.from ?? context.pos, options: START, validFor: /^[\w$]*$/ } : null;
}

function after(owner: string, context: CompletionContext): Completion[] {
  const columns = COLUMNS.get(owner);
  if (columns) return [...columns, ...methods(MODEL_METHODS)];
  if (owner === 'fn') return methods(FUNCTIONS);
  if (owner === 'database' || owner === 'tx') return methods(DATABASE_METHODS);
  const line = context.state.doc.lineAt(context.pos).text.slice(0, context.pos - context.state.doc.lineAt(context.pos).from);
  const column = /\b([A-Z]\w*)\.(\w+)\.\w*$/.exec(line);
  if (column && COLUMNS.get(column[1] ?? '')?.some(({ label }) => label === column[2])) return methods(EXPRESSION_METHODS);
  if (owner.endsWith(')') || owner === '') return [...methods(QUERY_METHODS), ...methods(EXPRESSION_METHODS)];
  return [...methods(EXPRESSION_METHODS), ...[...COLUMNS.values()].flat()];
}
