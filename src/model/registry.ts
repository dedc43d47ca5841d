/** All models there are: who points at whom, and in which order tables can be made. */
import { ImproperlyConfigured } from '../errors.ts';
import { type Definition, Metadata, type ModelField, type ModelTarget, metaOf } from './metadata.ts';

const definitions: Definition[] = [];
const provisional = new WeakMap<Definition, Metadata>();
const unlinked = new Set<Definition>();
const problems = new WeakMap<Definition, ImproperlyConfigured>();
let scheduled = false;

/** Makes the property by which rows of the target see those of the field's model. */
type Link = (field: ModelField, target: Metadata) => void;

/** Adds a model; its back references are made when the models it points at exist. */
export function register(definition: Definition, link: Link): void {
  definitions.push(definition);
  if (![...definition.fields.values()].some((field) => 'backref' in field['~options'])) return;
  unlinked.add(definition);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    linkAll(link);
  });
}

/** Makes the back references that can be made by now. */
export function linkAll(link: Link): void {
  for (const definition of unlinked) {
    if (linkOne(definition, link)) unlinked.delete(definition);
  }
}

/** What is wrong with the model's back references. */
export function problemOf(definition: Definition): ImproperlyConfigured | undefined {
  return problems.get(definition);
}

/** False when a model it points at is not there yet. */
function linkOne(definition: Definition, link: Link): boolean {
  const meta = metaOfDefinition(definition);
  for (const field of meta.fields) {
    if (field.foreignKey?.backref === undefined || isInherited(definition, field)) continue;
    let target: Metadata;
    try {
      target = field.target as Metadata;
    } catch {
      return false;
    }
    try {
      link(field, target);
    } catch (error) {
      problems.set(definition, error as ImproperlyConfigured);
    }
  }
  return true;
}

/** The back reference of a field inherited from a model with a table leads to that model. */
function isInherited(definition: Definition, field: ModelField): boolean {
  const parent = (Object.getPrototypeOf(definition.base) as Partial<ModelTarget> & { '~definition'?: Definition })['~definition'];
  return parent?.table != null && parent.fields.get(field.key)?.['~definition'] === field.definition;
}

/** The metadata of what the user wrote around a definition; of the bare definition while nothing used the model. */
function metaOfDefinition(definition: Definition): Metadata {
  if (definition.owner) return definition.owner;
  let meta = provisional.get(definition);
  if (!meta) provisional.set(definition, (meta = new Metadata(definition.base, definition)));
  return meta;
}

/** The metadata with the class whose instances rows have to be. @throws ImproperlyConfigured when that is not known yet */
export function settled(meta: Metadata): Metadata {
  const { definition } = meta;
  if (provisional.get(definition) !== meta) return meta;
  if (definition.owner) return definition.owner;
  throw new ImproperlyConfigured(
    `Nothing has used the model of the table "${definition.table}" yet, so its class is not known: name it once, in createTables([…]) say`,
  );
}

/** The foreign keys of all models that point at this one. */
export function backrefsOf(meta: Metadata): ModelField[] {
  return definitions
    .map(metaOfDefinition)
    .flatMap((other) => other.fields)
    .filter((field) => field.foreignKey && targetIfKnown(field)?.definition === meta.definition);
}

function targetIfKnown(field: ModelField): Metadata | null {
  try {
    return field.target;
  } catch {
    return null;
  }
}

/** Models in an order in which their tables can be created: those pointed at first. peewee: `sort_models`. */
export function sortModels<M extends ModelTarget>(models: readonly M[]): M[] {
  const given = new Map(models.map((model) => [metaOf(model).definition, model]));
  const sorted = new Set<M>();
  const visiting = new Set<M>();
  const visit = (model: M): void => {
    // A circle has no order: where it is entered decides.
    if (sorted.has(model) || visiting.has(model)) return;
    visiting.add(model);
    const meta = metaOf(model);
    const before = [
      ...meta.fields.map((field) => field.target?.definition),
      ...(meta.options.dependsOn ?? []).map((other) => metaOf(other as unknown as ModelTarget).definition),
    ];
    for (const definition of before) {
      const other = definition && given.get(definition);
      if (other) visit(other);
    }
    sorted.add(model);
  };
  for (const model of [...models].sort((a, b) => (metaOf(a).tableName < metaOf(b).tableName ? -1 : 1))) visit(model);
  return [...sorted];
}
