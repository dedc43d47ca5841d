/** `waxwing`: models, fields, queries, errors. It names no engine; databases come from `waxwing/sqlite` and its like. */
import { setFallbackDatabase } from './model/executor.ts';
import { Model as PlainModel } from './model/model.ts';
import type { ModelRoot } from './model/types.ts';

/**
 * What every model extends: `class User extends Model.define('user', { username: CharField() }) {}`.
 * A model without a database uses `SqliteDatabase('peewee.db')`, which is loaded when that happens.
 */
export const Model: ModelRoot = /* @__PURE__ */ withFallback(PlainModel);

// A call rather than a statement of its own: who imports fields alone need not load models.
function withFallback(model: ModelRoot): ModelRoot {
  setFallbackDatabase(async () => new (await import('./entry/sqlite.ts')).SqliteDatabase('peewee.db'));
  return model;
}

export type { IndexKind, IndexMethod } from './ast/schema.ts';
export type { DatabaseOptions } from './database/core.ts';
export { type BindableModel, Database, type Executable } from './database/database.ts';
export type { DatabaseEvents, QueryEvent } from './database/events.ts';
export { DatabaseProxy, DatabaseProxy as Proxy, type ProxyControls } from './database/proxy.ts';
export type { CreateOptions, DropOptions, TableLike, TruncateOptions } from './database/schema.ts';
export type { SqlResult } from './database/sql-result.ts';
export type { AtomicBody, AtomicOptions, ManualConnection, Transaction } from './database/transaction.ts';
export type { ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata } from './dialect/introspection.ts';
export {
  AbortedError,
  ConnectionClosedError,
  CorruptDatabaseError,
  DatabaseError,
  DatabaseInUseError,
  DataError,
  DeadlockError,
  DoesNotExist,
  EngineLoadError,
  EngineMismatchError,
  type ErrorDetails,
  ImproperlyConfigured,
  IntegrityError,
  InterfaceError,
  InternalError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
  StorageUnavailableError,
  WaxwingError,
} from './errors.ts';
export { AutoField, BigAutoField, IdentityField } from './fields/auto.ts';
export { BlobField } from './fields/blob.ts';
export { BooleanField } from './fields/boolean.ts';
export { CompositeKey } from './fields/composite-key.ts';
export { DateField, type DateParts, DateTimeField, TimeField, TimestampField } from './fields/datetime.ts';
export { defineField, type FieldKind } from './fields/define-field.ts';
export { ForeignKeyField } from './fields/foreign-key.ts';
export { JSONField, type JsonOps, type JsonPath } from './fields/json.ts';
export { BigIntegerField, DecimalField, DoubleField, FloatField, IntegerField, SmallIntegerField } from './fields/number.ts';
export { CharField, FixedCharField, TextField } from './fields/text.ts';
export type { Field, FieldOptions, Fields, ForeignKey, ForeignKeyOptions, Scalar } from './fields/types.ts';
export { BinaryUUIDField, UUIDField } from './fields/uuid.ts';
export { type CopyOptions, type CopySource, copyModels } from './model/copy.ts';
export type { Column, Columns, JoinOptions, Selectable } from './model/join/types.ts';
export type { IndexOptions, MetaOptions } from './model/meta-options.ts';
export type {
  ConflictOptions,
  ModelDelete,
  ModelInsert,
  ModelQuery,
  ModelRaw,
  ModelSelect,
  ModelUpdate,
  ModelWrite,
} from './model/queries.ts';
export { sortModels } from './model/registry.ts';
export type {
  AnyModel,
  DeleteOptions,
  InsertExprOf,
  InsertOf,
  InstanceOf,
  ModelInstance,
  PkOf,
  Ref,
  Related,
  Row,
  SaveOptions,
  UpdateOf,
} from './model/row/types.ts';
export type { Backref, BindOptions, DefinedModel, ModelAlias, ModelRoot, ModelStatics } from './model/types.ts';
export { type Branch, Case } from './query/case.ts';
export { Cast } from './query/cast.ts';
export type { Executor } from './query/executor.ts';
export type { Aliased, AnyQuery, Expr, FunctionExpr, Operand, Ordering, Valued, WindowOptions } from './query/expr.ts';
export { type Fn, fn } from './query/fn.ts';
export { EXCLUDED } from './query/insert.ts';
export { Check, Default, raw, SQL } from './query/raw.ts';
export { exists, notExists } from './query/read-query.ts';
export type { Query, Sql } from './query/row-query.ts';
export { select } from './query/select.ts';
export { ValuesList } from './query/source.ts';
export { Table } from './query/table.ts';
export { AsIs, Tuple, Value } from './query/value.ts';
