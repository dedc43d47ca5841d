/** Runs what is in the editor: as a module of its own, so that no policy has to allow `eval`. */
import * as waxwing from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';
import { BaseModel, MODELS } from '../data/models.ts';
import { database } from './database.ts';
import { stripTypes } from './strip-types.ts';

/** One thing a run produced: what `show()` was given, or the value of its last expression. */
export interface Shown {
  readonly title: string | null;
  readonly value: unknown;
}

/** Where in the editor's text something went wrong; counted from 0. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export interface Run {
  readonly shown: readonly Shown[];
  readonly error: { readonly value: unknown; readonly places: readonly Place[] } | null;
  readonly milliseconds: number;
}

/** Everything the code may name without importing it. */
function scope(): Record<string, unknown> {
  return { ...waxwing, SqliteDatabase, ...MODELS, BaseModel, database };
}

const RETURN = 'return ';

/** Never rejects: an error is part of the run. */
export async function run(source: string, onShow: (shown: Shown) => void = () => {}): Promise<Run> {
  const shown: Shown[] = [];
  const add = (value: unknown, title: string | null): void => {
    const entry = { title, value };
    shown.push(entry);
    onShow(entry);
  };
  const show = async (value: unknown, title: string | null = null): Promise<void> => add(await value, title);
  const started = performance.now();
  const stripped = stripTypes(source);
  const text = moduleText(stripped.code, stripped.lastExpression, Object.keys(scope()));
  try {
    const { default: main } = await importText(text);
    const value = await main({ ...scope(), show });
    if (value !== undefined) add(value, null);
    return { shown, error: null, milliseconds: performance.now() - started };
  } catch (value) {
    const places =
      value instanceof SyntaxError ? stripped.problems.slice(0, 1) : placesOf(value, source, stripped.lastExpression);
    return { shown, error: { value, places }, milliseconds: performance.now() - started };
  }
}

type Main = (scope: Record<string, unknown>) => Promise<unknown>;

// The code starts on the module's second line, at its own column; only the last expression is moved, by `return `.
function moduleText(code: string, lastExpression: number | null, names: readonly string[]): string {
  const body = lastExpression === null ? code : code.slice(0, lastExpression) + RETURN + code.slice(lastExpression);
  // The inner block lets the code declare a name that was handed to it.
  return `export default async ({ ${names.join(', ')}, show }) => {{\n${body}\n}};`;
}

async function importText(text: string): Promise<{ default: Main }> {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The place of the code's own innermost call in the error's stack. */
function placesOf(error: unknown, source: string, lastExpression: number | null): Place[] {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const match = /blob:[^\s)]+?:(\d+):(\d+)/.exec(at.stack ?? '');
    if (match) return [placeOf(source, Number(match[1]) - 2, Number(match[2]) - 1, lastExpression)];
  }
  return [];
}

function placeOf(source: string, line: number, column: number, lastExpression: number | null): Place {
  const lines = source.split('\n');
  const start = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  const length = lines[line]?.length ?? 0;
  const moved =
    lastExpression !== null && lastExpression >= start && lastExpression <= start + length && start + column > lastExpression;
  const from = Math.min(start + column - (moved ? RETURN.length : 0), start + length);
  const word = /^[\w$.]+/.exec(source.slice(from))?.[0].length ?? 1;
  return { from, to: Math.min(from + word, source.length) };
}
