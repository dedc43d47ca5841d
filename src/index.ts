/** `waxwing`: models, fields, queries, errors, and the proxy for a database chosen later. */
import { setFallbackDatabase } from './model/executor.ts';

// A model without a database runs on this one, as in peewee; the engine is loaded only when it comes to that.
setFallbackDatabase(async () => new (await import('./entry/sqlite.ts')).SqliteDatabase('peewee.db'));

export type { BindableModel } from './database/database.ts';
export { Database } from './database/database.ts';
export { DatabaseProxy } from './database/proxy.ts';
export type { AtomicOptions, ManualConnection, Transaction } from './database/transaction.ts';
export * from './errors.ts';
export { Model } from './model/model.ts';
export { sortModels } from './model/registry.ts';
export type { MetaOptions, IndexOptions } from './model/meta-options.ts';
export type { Backref, BindOptions, DefinedModel, ModelAlias, ModelStatics } from './model/types.ts';
export type { AnyModel, AnySource, DeleteOptions, FieldsOf, InsertOf, InstanceOf, ModelInstance, PkOf, Ref, Related, Row, SaveOptions, UpdateOf } from './model/row/types.ts';
export type { Column, Columns, DictRow, JoinOptions, Selectable, TupleRow } from './model/join/types.ts';
export type { ConflictOptions, ModelDelete, ModelInsert, ModelQuery, ModelQueryRows, ModelRaw, ModelSelect, ModelUpdate, ModelWrite } from './model/queries.ts';
export { AutoField, BigAutoField } from './fields/auto.ts';
export { BigIntegerField, DecimalField, DoubleField, FloatField, IntegerField, SmallIntegerField } from './fields/number.ts';
export { CharField, FixedCharField, TextField } from './fields/text.ts';
export { BooleanField } from './fields/boolean.ts';
export { BlobField } from './fields/blob.ts';
export { BinaryUUIDField, UUIDField } from './fields/uuid.ts';
export { DateField, DateTimeField, TimeField, TimestampField } from './fields/datetime.ts';
export { JSONField, type JsonOps, type JsonPath } from './fields/json.ts';
export { ForeignKeyField } from './fields/foreign-key.ts';
export { CompositeKey } from './fields/composite-key.ts';
export { defineField, type FieldKind } from './fields/define-field.ts';
export type { Field, FieldOptions, ForeignKey, ForeignKeyOptions, Scalar } from './fields/types.ts';
export { Case } from './query/case.ts';
export { Cast } from './query/cast.ts';
export type { Executor } from './query/executor.ts';
export type { Aliased, AnyQuery, Expr, Operand, Ordering, OrderOptions, WindowOptions } from './query/expr.ts';
export { fn } from './query/fn.ts';
export { EXCLUDED } from './query/insert.ts';
export { Check, Default, raw, SQL } from './query/raw.ts';
export { exists, notExists } from './query/read-query.ts';
export type { Query, Sql } from './query/row-query.ts';
export { select } from './query/select.ts';
export { ValuesList } from './query/source.ts';
export { Table } from './query/table.ts';
export { AsIs, Tuple, Value } from './query/value.ts';
