/** Schema statements as all engines spell them. */
import type { ColumnSchema, ForeignKeySchema, QualifiedName, TableSchema } from '../ast/schema.ts';
import type { Statement } from '../wire/statement.ts';
import type { Compiler } from './compiler.ts';
import type { Writer } from './writer.ts';

/** Makes one statement of what `body` writes: values stand in its text, and columns without their table. */
export function schemaStatement(compiler: Compiler, body: (w: Writer) => void): Statement {
  return compiler.statement('write', (w) => {
    w.literals = true;
    w.qualified = false;
    body(w);
  });
}

/** A name with its schema. */
export function qualified(compiler: Compiler, { name, schema }: QualifiedName): string {
  return schema === undefined ? compiler.quote(name) : `${compiler.quote(schema)}.${compiler.quote(name)}`;
}

/** A column's constraints as they are written. */
export function columnConstraints(compiler: Compiler, w: Writer, { constraints }: ColumnSchema): void {
  for (const constraint of constraints) {
    w.text += ' ';
    compiler.expression(w, constraint);
  }
}

/** What follows the columns of a table. */
export function tableSettings(compiler: Compiler, w: Writer, { settings = [] }: TableSchema): void {
  for (const setting of settings) {
    w.text += ' ';
    compiler.expression(w, setting);
  }
}

/** A foreign key as a constraint of its table. */
export function foreignKey(compiler: Compiler, column: string, to: ForeignKeySchema): string {
  const name = to.constraintName === undefined ? '' : `CONSTRAINT ${compiler.quote(to.constraintName)} `;
  const target = qualified(compiler, { name: to.table, schema: to.schema });
  let text = `${name}FOREIGN KEY (${compiler.quote(column)}) REFERENCES ${target} (${compiler.quote(to.column)})`;
  if (to.onDelete) text += ` ON DELETE ${to.onDelete}`;
  if (to.onUpdate) text += ` ON UPDATE ${to.onUpdate}`;
  if (to.deferrable) text += ` DEFERRABLE ${to.deferrable}`;
  return text;
}
