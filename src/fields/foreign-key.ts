/** A field that points at a row of another model, or of its own. */
import type { ClassTarget, FieldDefinition, ForeignKey, ForeignKeyOptions, InstanceTarget, SelfTarget } from './types.ts';

/**
 * A foreign key. On rows, `tweet.user` is the related row once it is loaded and an awaitable `Ref` before,
 * and `tweet.userId` is the key itself. It has an index unless `index: false`.
 *
 * The target is a function, so that models can be defined in any order; `'self'` is the model itself.
 * Where a type would need itself, name the type of the rows: `ForeignKeyField<Tweet>('self', { null: true })`.
 */
// Overload order matters to the checker: the two inferring overloads take two type parameters, so a call with one
// explicit argument can only mean the last two, and nothing in those asks what `I` is.
export function ForeignKeyField<M, const O extends ForeignKeyOptions>(
  target: () => M,
  options?: O,
): ForeignKey<ClassTarget<M>, O>;
export function ForeignKeyField<S extends 'self', const O extends ForeignKeyOptions>(
  target: S,
  options?: O,
): ForeignKey<SelfTarget, O>;
export function ForeignKeyField<I>(
  target: Function | 'self',
  options: ForeignKeyOptions & { readonly null: true },
): ForeignKey<InstanceTarget<I>, { readonly null: true }>;
export function ForeignKeyField<I>(target: Function | 'self', options?: ForeignKeyOptions): ForeignKey<InstanceTarget<I>, {}>;
export function ForeignKeyField(target: unknown, options: ForeignKeyOptions = {}): ForeignKey<never, never> {
  const definition: FieldDefinition = { kind: 'fk', target: target as (() => unknown) | 'self', options };
  // The other members are types only.
  return { '~kind': 'fk', '~options': options, '~definition': definition } as unknown as ForeignKey<never, never>;
}
