/** The few sentences of SQL the driver itself says to its engine. */

export const ENGINE_VERSION = 'SELECT sqlite_version()';
/** Write-ahead logging: readers keep a snapshot while one writes. Answers with the mode in force. */
export const USE_LOG = 'PRAGMA journal_mode=WAL';
/** Sorting and temporary tables stay in the engine's memory. */
export const TEMPORARY_IN_MEMORY = 'PRAGMA temp_store=MEMORY';
/** Every commit asks for a flush; the file system decides when it has to happen. */
export const FLUSH_COMMITS = 'PRAGMA synchronous=FULL';
/** Copies the log into the database file, and cuts it. */
export const EMPTY_LOG = 'PRAGMA wal_checkpoint(TRUNCATE)';
/** Reads something of the schema, which fails when the file is no database. */
export const READ_SCHEMA = 'SELECT count(*) FROM sqlite_schema';
export const BEGIN_SNAPSHOT = 'BEGIN';
export const ROLL_BACK = 'ROLLBACK';
export const LAST_INSERT_ID = 'SELECT last_insert_rowid()';
/** Fails inside a transaction, and changes nothing outside of one: SQLite's own test for it is not exported. */
export const FAILS_IN_TRANSACTION = 'PRAGMA temp.synchronous=1';
/** Answers 'ok', or with what is wrong. */
export const CHECK_INTEGRITY = 'PRAGMA integrity_check(1)';
/** Whatever may stand before the first word of a statement; SQLite passes over semicolons there. */
export const START = '^(?:[\\s;]|--[^\\n]*\\n|/\\*[^*]*\\*+(?:[^*/][^*]*\\*+)*/)*';
/** SQL whose changes SQLite counts; after any other it still tells those of the statement before. */
export const COUNTS: RegExp = new RegExp(`${START}(?:insert|replace|update|delete|with)\\b`, 'i');
export const INSERTS: RegExp = new RegExp(`${START}(?:insert|replace|with)\\b`, 'i');
export const MOVES_TRANSACTION: RegExp = new RegExp(`${START}(?:begin|commit|end|rollback|savepoint|release)\\b`, 'i');
/** Statements after which a connection is not like a new one any more, and is not used for another purpose. */
export const LEAVES_TRACES: RegExp = new RegExp(`${START}(?:pragma|attach|detach|create\\s[^(]*\\btemp)`, 'i');
/** The size of the database in pages, and of a page in bytes. */
export const COUNT_PAGES = 'SELECT page_count, page_size FROM pragma_page_count, pragma_page_size';
