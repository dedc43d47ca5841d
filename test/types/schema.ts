/** Options of fields and models that say how tables and indexes are made. */
import {
  AutoField,
  ForeignKeyField,
  fn,
  IdentityField,
  type IndexOptions,
  IntegerField,
  type MetaOptions,
  Model,
  SQL,
  TextField,
} from '../../src/index.ts';

type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
declare function expectType<T>(): <U>(value: U, ...ok: Equal<T, U> extends true ? [] : [expected: T, got: U]) => void;

// ── indexes on one field
TextField({ index: true });
TextField({ index: { using: 'gin', opclass: 'gin_trgm_ops' }, null: true });
TextField({ index: { using: 'bloom' } });
// @ts-expect-error a kind of index, or whether there is one
TextField({ index: 'gin' });
// @ts-expect-error unknown option
TextField({ index: { method: 'gin' } });

// ── keys
class Log extends Model.define('log', { id: IdentityField({ generateAlways: true }), text: TextField() }) {}
class Cat extends Model.define('cat', { id: AutoField({ sequence: 'animal' }), name: TextField() }) {}
declare const log: Log;
expectType<number>()(log.id);
Log.create({ text: 'a' });
Cat.create({ name: 'Tom' });
// @ts-expect-error the database either generates a key itself or takes a sequence told
IdentityField({ sequence: 'animal' });

// ── the third argument of define() knows the fields
class Title extends Model.define(
  'title',
  { text: TextField(), rank: IntegerField(), cat: ForeignKeyField(() => Cat, { deferrable: 'INITIALLY DEFERRED' }) },
  {
    indexes: [
      { fields: ['text', 'rank'], unique: true, include: ['cat'], nullsDistinct: false },
      { fields: [fn.lower(SQL('text')), 'rank'], using: 'btree', opclass: { rank: 'int4_ops' }, where: SQL<boolean>('rank > 0') },
      { fields: ['text'], opclass: 'text_pattern_ops', concurrently: true, name: 'fast' },
      { fields: ['rank'], unique: true, deferrable: 'INITIALLY IMMEDIATE' },
    ],
    tableSettings: [SQL('WITH (fillfactor = 70)')],
    unlogged: true,
    schema: 'app',
  },
) {}
Model.define(
  'wrong',
  { text: TextField() },
  {
    // @ts-expect-error no such field
    indexes: [{ fields: ['text'], include: ['rank'] }],
  },
);
Model.define(
  'wrong',
  { text: TextField() },
  {
    // @ts-expect-error no such field
    indexes: [{ fields: ['text'], opclass: { rank: 'int4_ops' } }],
  },
);

const index: IndexOptions<'a' | 'b'> = { fields: ['a'], include: ['b'], using: 'gist' };
const meta: MetaOptions<'a' | 'b'> = { indexes: [index] };
expectType<readonly IndexOptions<'a' | 'b'>[] | undefined>()(meta.indexes);
// @ts-expect-error deferrable says when it is checked at first
const wrong: IndexOptions = { fields: ['a'], deferrable: true };

// ── tables
expectType<Promise<void>>()(Title.truncateTable({ restartIdentity: true, cascade: true }));
expectType<Promise<void>>()(Title.syncSequence());
// @ts-expect-error unknown option
Title.truncateTable({ safe: true });
void wrong;
