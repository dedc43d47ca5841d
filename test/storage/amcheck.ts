/** What amcheck, Postgres's own inspector of tables and indexes, is asked. Its extension must have been created. */

/** One row with all that is wrong in any table, or ''. An index that is broken is an error. */
export const AMCHECK = `
  SELECT coalesce(string_agg(message, E'\\n'), '') AS wrong FROM (
    SELECT format('%s: %s', c.oid::regclass, found.msg)
      FROM pg_class c, LATERAL verify_heapam(c.oid, check_toast => true) found
      WHERE c.relkind IN ('r', 't', 'm') AND c.relpersistence = 'p'
    UNION ALL
    SELECT bt_index_check(i.indexrelid, true)::text
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready
  ) AS checked(message) WHERE message <> ''`;
