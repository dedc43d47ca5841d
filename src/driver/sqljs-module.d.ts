/** The part of sql.js that the driver uses: the C functions it exports, and the hook through which it is started. */
declare module 'sql.js' {
  export interface SqlJsModule {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _sqlite3_open(path: number, out: number): number;
    _sqlite3_close_v2(database: number): number;
    _sqlite3_prepare_v2(database: number, sql: number, bytes: number, out: number, tail: number): number;
    _sqlite3_step(statement: number): number;
    _sqlite3_reset(statement: number): number;
    _sqlite3_finalize(statement: number): number;
    _sqlite3_errmsg(database: number): number;
    _sqlite3_changes(database: number): number;
    _sqlite3_bind_int(statement: number, index: number, value: number): number;
    _sqlite3_bind_double(statement: number, index: number, value: number): number;
    _sqlite3_bind_text(statement: number, index: number, pointer: number, bytes: number, destructor: number): number;
    _sqlite3_bind_blob(statement: number, index: number, pointer: number, bytes: number, destructor: number): number;
    _sqlite3_column_count(statement: number): number;
    _sqlite3_column_name(statement: number, index: number): number;
    _sqlite3_column_type(statement: number, index: number): number;
    _sqlite3_column_double(statement: number, index: number): number;
    _sqlite3_column_text(statement: number, index: number): number;
    _sqlite3_column_blob(statement: number, index: number): number;
    _sqlite3_column_bytes(statement: number, index: number): number;
    _sqlite3_backup_init(target: number, targetName: number, source: number, sourceName: number): number;
    _sqlite3_backup_step(backup: number, pages: number): number;
    _sqlite3_backup_finish(backup: number): number;
  }

  export interface SqlJsConfig {
    instantiateWasm?(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): unknown;
  }

  export default function initSqlJs(config?: SqlJsConfig): Promise<SqlJsModule>;
}
