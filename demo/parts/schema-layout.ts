/** Where the tables of a schema diagram go: tables beside those that refer to them, crossings kept few. */

export interface SchemaColumn {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly null: boolean;
  /** The column is null when the key refers to whatever the primary key is. */
  readonly references: { readonly table: string; readonly column: string | null } | null;
}

export interface SchemaTable {
  readonly name: string;
  readonly isView: boolean;
  readonly rows: number | null;
  readonly columns: readonly SchemaColumn[];
}

export interface PlacedTable {
  readonly table: SchemaTable;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const HEAD = 40;
export const LINE = 26;
const FOOT = 8;
const BETWEEN = { x: 96, y: 34 };

/** `narrow`: all tables one below the other, for a screen with room for no more. */
export function layOut(tables: readonly SchemaTable[], narrow: boolean): PlacedTable[] {
  const columns = narrow ? [layers(tables).flat()] : layers(tables);
  const width = (table: SchemaTable): number =>
    Math.min(
      330,
      Math.max(
        200,
        ...table.columns.map((column) => (column.name.length + column.type.length) * 7.3 + 76),
        table.name.length * 9 + (table.isView ? 150 : 110),
      ),
    );
  const height = (table: SchemaTable): number => HEAD + table.columns.length * LINE + FOOT;
  const heights = columns.map((layer) => layer.reduce((sum, table) => sum + height(table) + BETWEEN.y, -BETWEEN.y));
  const tallest = Math.max(...heights, 0);
  const placed: PlacedTable[] = [];
  let x = 0;
  for (const [i, layer] of columns.entries()) {
    let y = (tallest - (heights[i] ?? 0)) / 2;
    const widest = Math.max(...layer.map(width));
    for (const table of layer) {
      placed.push({ table, x, y, width: widest, height: height(table) });
      y += height(table) + BETWEEN.y;
    }
    x += widest + BETWEEN.x;
  }
  return placed;
}

const targets = (table: SchemaTable): string[] =>
  table.columns.flatMap((column) =>
    column.references && column.references.table !== table.name ? [column.references.table] : [],
  );

/** Tables that refer to nothing first; each further layer refers to earlier ones; tables without relations last, apart. */
function layers(tables: readonly SchemaTable[]): SchemaTable[][] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const depths = new Map<string, number>();
  const depth = (table: SchemaTable, path: readonly string[]): number => {
    const known = depths.get(table.name);
    if (known !== undefined) return known;
    // A cycle counts as one step: its tables end up side by side.
    const next = targets(table).flatMap((name) => (path.includes(name) ? [] : (byName.get(name) ?? [])));
    const found = next.length ? 1 + Math.max(...next.map((target) => depth(target, [...path, table.name]))) : 0;
    if (path.length === 0) depths.set(table.name, found);
    return found;
  };
  const related = new Set(tables.flatMap((table) => (targets(table).length ? [table.name, ...targets(table)] : [])));
  const rows: SchemaTable[][] = [];
  for (const table of tables.filter(({ name }) => related.has(name))) (rows[depth(table, [])] ??= []).push(table);
  const filled = rows.filter((layer) => layer?.length);
  pullRight(filled);
  for (let pass = 0; pass < 4; pass++) untangle(filled, pass % 2 === 0);
  const alone = tables.filter(({ name }) => !related.has(name));
  const perColumn = Math.max(3, ...filled.map((layer) => layer.length));
  for (let at = 0; at < alone.length; at += perColumn) filled.push(alone.slice(at, at + perColumn));
  return filled;
}

/** A table that nothing in its own layer needs moves next to the tables that refer to it. */
function pullRight(rows: SchemaTable[][]): void {
  for (let i = rows.length - 2; i >= 0; i--) {
    for (const table of [...(rows[i] ?? [])]) {
      const nearest = rows.findIndex((layer) => layer.some((other) => targets(other).includes(table.name)));
      if (nearest > i + 1) {
        rows[i] = (rows[i] ?? []).filter((other) => other !== table);
        rows[nearest - 1]?.push(table);
      }
    }
  }
}

/** Orders each layer by where its relations are in the layer before (or after). */
function untangle(rows: SchemaTable[][], forward: boolean): void {
  const indexes = rows.map((_, i) => i);
  for (const i of forward ? indexes : indexes.reverse()) {
    const neighbours = rows[forward ? i - 1 : i + 1];
    const layer = rows[i];
    if (!neighbours || !layer) continue;
    const place = new Map(neighbours.map((table, at) => [table.name, at]));
    const middle = (table: SchemaTable, own: number): number => {
      const names = forward
        ? targets(table)
        : neighbours.filter((other) => targets(other).includes(table.name)).map(({ name }) => name);
      const at = names.flatMap((name) => place.get(name) ?? []);
      return at.length ? at.reduce((sum, value) => sum + value, 0) / at.length : own;
    };
    const keys = new Map(layer.map((table, own) => [table, middle(table, own)]));
    layer.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
  }
}
