/** The few sentences of SQL the driver itself says to Postgres, and what it reads in those of others. */

export const ENGINE_VERSION = 'SELECT version()';
export const ROLL_BACK = 'ROLLBACK';
export const BEGIN_SNAPSHOT = 'BEGIN';
export const COMMIT = 'COMMIT';
export const CHECKPOINT = 'CHECKPOINT';
export const RESET_ALL = 'RESET ALL';
/** Whoever acts in the name of another user goes on as the one the session began with, whom DEFAULT does not find here. */
export const RESET_USER: readonly string[] = [
  "SELECT pg_catalog.set_config('session_authorization', rolname, false) FROM pg_catalog.pg_roles WHERE oid = 10",
  'RESET ROLE',
];
export const DISCARD_TEMPORARY = 'DISCARD TEMP';
export const UNLOCK_ALL = 'SELECT pg_advisory_unlock_all()';
/** Extensions that a stored cluster uses. */
export const INSTALLED_EXTENSIONS = 'SELECT extname FROM pg_catalog.pg_extension';

/** Reads what all else depends on, by its indexes and from its tables. */
export const READ_ALL_CATALOGS =
  'SELECT count(pg_get_ruledef(r.oid)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_rewrite r ON r.ev_class = c.oid';

/** Whatever may stand before the first word of a statement. */
const START = '^(?:\\s|\\(|--[^\\n]*\\n|/\\*[^*]*\\*+(?:[^*/][^*]*\\*+)*/)*';
const start = (words: string): RegExp => new RegExp(`${START}(?:${words})\\b`, 'i');

/** Statements worth keeping prepared: what runs again. */
export const RUNS_AGAIN: RegExp = start(
  'select|insert|update|delete|merge|with|values|table|begin|commit|rollback|savepoint|release',
);
/** Statements that a cursor can read. */
export const HAS_CURSOR: RegExp = start('select|with|values|table');
export const COMMITS: RegExp = start('commit|end');
/** Statements whose settings stay after their transaction. */
export const SETS: RegExp = start(
  'set(?!\\s+(?:local|transaction|constraints)\\b)|select\\s[^]*\\bset_config(?!\\s*\\([^()]*,\\s*true\\s*\\))',
);
/** The settings in them, where their names are written out. */
export const SETTING: RegExp = /\bset\s+(?:session\s+)?([\w.]+)|\bset_config\s*\(\s*'([^']+)'/gi;
/** Settings that decide what a name means. */
export const SETS_PATH: RegExp = /\b(?:search_path|schema|role|session\s+authorization)\b/i;
/** Settings that RESET ALL leaves alone. */
export const SETS_USER: RegExp = /\b(?:role|session[\s_]+authorization)\b/i;
export const SETS_PATH_BY: RegExp = new RegExp(`${START}set\\b|\\bset_config\\s*\\(`, 'i');
export const MAKES_TEMPORARY: RegExp = start('create\\s[^(]*?\\b(?:pg_)?temp(?:orary)?|select\\s[^]*?\\binto\\s+temp(?:orary)?');
/** Statements that leave something with a name in the session: a prepared statement, a cursor that outlives its transaction. */
export const NAMES: RegExp = new RegExp(
  `${START}(?:prepare\\s+(?!transaction\\b)|(declare)\\s+(?=[^]*\\bwith\\s+hold\\b))("(?:[^"]|"")+"|[\\w$]+)`,
  'i',
);
export const LOCKS: RegExp = /\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i;
/** Statements that need the files of an extension, which they name. */
export const CREATES_EXTENSION: RegExp = new RegExp(
  `${START}create\\s+extension\\s+(?:if\\s+not\\s+exists\\s+)?("(?:[^"]|"")+"|[\\w$]+)`,
  'i',
);
export const LOADS_LIBRARY: RegExp = new RegExp(`${START}load\\s+'(?:\\$libdir/)?([^']+)'`, 'i');
/** Command tags after which a prepared statement may have other columns, or be another one. */
export const CHANGES_SCHEMA: RegExp = /^(?:ALTER|CREATE|DROP|DISCARD|DEALLOCATE|IMPORT|DO|CALL|REFRESH|RESET)\b/;

export function declareCursor(name: string, sql: string, hold: boolean): string {
  return `DECLARE ${name} NO SCROLL CURSOR ${hold ? 'WITH HOLD ' : ''}FOR ${sql}`;
}

export function deallocate(name: string): string {
  return `DEALLOCATE ${name}`;
}

export function closeCursor(name: string): string {
  return `CLOSE ${name}`;
}

/** Postgres counts changes of tables, and tells others of them only now and then. */
export const FLUSH_STATISTICS = 'SELECT pg_stat_force_next_flush()';

/**
 * Statements for the tables that autovacuum would clean or analyze, worst first; its settings are those of the cluster
 * and of each table (section "The Autovacuum Daemon" of the manual). What was counted is gone when the engine was not
 * closed: a table of middling size that changes without ever having been looked at is analyzed once, which counts its dead rows.
 */
export const TABLES_TO_CLEAN = `
  WITH settings AS (
    SELECT current_setting('autovacuum_vacuum_threshold')::float8 AS vacuum_base,
      current_setting('autovacuum_vacuum_scale_factor')::float8 AS vacuum_scale,
      current_setting('autovacuum_vacuum_insert_threshold')::float8 AS insert_base,
      current_setting('autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
      current_setting('autovacuum_analyze_threshold')::float8 AS analyze_base,
      current_setting('autovacuum_analyze_scale_factor')::float8 AS analyze_scale,
      current_setting('autovacuum_freeze_max_age')::float8 AS freeze_age
  ), touched AS MATERIALIZED (
    SELECT oid, relname, relnamespace, relpages, greatest(reltuples, 0) AS tuples, age(relfrozenxid) AS age,
      pg_stat_get_dead_tuples(oid) AS dead, pg_stat_get_ins_since_vacuum(oid) AS fresh,
      pg_stat_get_mod_since_analyze(oid) AS changed,
      (SELECT jsonb_object_agg(option_name, option_value) FROM pg_options_to_table(reloptions)) AS o
    FROM pg_class
    WHERE relkind IN ('r', 'm') AND relpersistence = 'p'
      AND (pg_stat_get_mod_since_analyze(oid) > 0 OR pg_stat_get_dead_tuples(oid) > 0 OR age(relfrozenxid) > 100000000)
  ), tables AS (
    SELECT format('%I.%I', nspname, relname) AS name, age / freeze_age AS old,
      dead / (coalesce((o->>'autovacuum_vacuum_threshold')::float8, vacuum_base)
        + coalesce((o->>'autovacuum_vacuum_scale_factor')::float8, vacuum_scale) * tuples) AS dead,
      fresh / (coalesce((o->>'autovacuum_vacuum_insert_threshold')::float8, insert_base)
        + coalesce((o->>'autovacuum_vacuum_insert_scale_factor')::float8, insert_scale) * tuples) AS fresh,
      CASE WHEN relname = 'pg_statistic' THEN 0 ELSE
        changed / (coalesce((o->>'autovacuum_analyze_threshold')::float8, analyze_base)
          + coalesce((o->>'autovacuum_analyze_scale_factor')::float8, analyze_scale) * tuples) END AS changed,
      nspname <> 'pg_catalog' AND relpages BETWEEN 2 AND 4096
        AND pg_stat_get_tuples_updated(t.oid) + pg_stat_get_tuples_deleted(t.oid) > 0
        AND pg_stat_get_last_vacuum_time(t.oid) IS NULL AND pg_stat_get_last_analyze_time(t.oid) IS NULL AS unknown
    FROM touched t JOIN pg_namespace n ON n.oid = relnamespace CROSS JOIN settings
    WHERE coalesce((o->>'autovacuum_enabled')::bool, true)
  )
  SELECT CASE WHEN greatest(dead, fresh, old) > 1
    THEN 'VACUUM (' || CASE WHEN changed > 1 THEN 'ANALYZE' ELSE 'ANALYZE FALSE' END || ') ' || name
    ELSE 'ANALYZE ' || name END
  FROM tables WHERE greatest(dead, fresh, old, changed) > 1 OR unknown
  ORDER BY greatest(old, dead, changed, fresh) DESC LIMIT 20`;

export function listen(channel: string): string {
  return `LISTEN "${channel.replaceAll('"', '""')}"`;
}

export function unlisten(channel: string): string {
  return `UN${listen(channel)}`;
}
