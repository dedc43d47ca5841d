/** The catalog's answers to how everything in a database is made: one query for each kind of thing, one statement a row. */

/** What users made: not Postgres's own, and not what came with an extension. */
const OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
const notOf = (catalog: string, id: string, kinds = "'e'"): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${id} AND e.deptype IN (${kinds}))`;
const RELATIONS = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND ${notOf('pg_class', 'c.oid')}`;
const NAME = "format('%I.%I', n.nspname, c.relname)";
const EXTENSIONS = "pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'";

/** How a sequence counts; also what stands in the parentheses of an identity column. */
const COUNTING = `format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
  q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)`;

const IDENTITY = `(SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I %s)',
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, sn.nspname, s.relname, ${COUNTING})
  FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_namespace sn ON sn.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid = s.oid
  WHERE d.classid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i')`;

/** One column: its type, collation, value and whether it may be null. */
const COLUMN = `format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format(' COLLATE %I.%I', cn.nspname, l.collname)
    FROM pg_collation l JOIN pg_namespace cn ON cn.oid = l.collnamespace WHERE l.oid = a.attcollation) END,
  CASE WHEN a.attidentity <> '' THEN ${IDENTITY}
    WHEN a.attgenerated = 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(v.adbin, v.adrelid))
    WHEN a.attgenerated = 'v' THEN format(' GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(v.adbin, v.adrelid))
    WHEN v.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(v.adbin, v.adrelid) END,
  CASE WHEN a.attnotnull THEN ' NOT NULL' END)`;
const COLUMNS = `(SELECT string_agg(E'\\n    ' || ${COLUMN}, ',' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef v ON v.adrelid = a.attrelid AND v.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR c.relispartition))`;
const OPTIONS = "CASE WHEN c.reloptions IS NOT NULL THEN format(' WITH (%s)', array_to_string(c.reloptions, ', ')) END";
const PARENTS = `(SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY i.inhseqno)
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid)`;

/** Functions that speak of tables or views have to come after them, all others before. */
const SPEAKS_OF_TABLES = `(p.prosqlbody IS NOT NULL OR EXISTS (SELECT FROM pg_type y LEFT JOIN pg_type z ON z.oid = y.typelem
  WHERE y.oid IN (SELECT p.prorettype UNION ALL SELECT unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])))
  AND EXISTS (SELECT FROM pg_class r WHERE r.oid IN (y.typrelid, z.typrelid) AND r.relkind <> 'c')))`;
const FUNCTIONS = `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OURS} AND p.prokind <> 'a' AND ${notOf('pg_proc', 'p.oid', "'e', 'i'")}`;
const CONSTRAINTS = `pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${OURS} AND ${notOf('pg_class', 'c.oid')} AND k.conparentid = 0 AND k.conislocal`;
const CONSTRAINT = `format('ALTER TABLE %s ADD CONSTRAINT %I %s;', ${NAME}, k.conname, pg_get_constraintdef(k.oid))`;

/** Before the rows, in this order. */
export const BEFORE_ROWS: readonly string[] = [
  `SELECT format('CREATE SCHEMA IF NOT EXISTS %I;', n.nspname) FROM pg_namespace n WHERE ${OURS} AND ${notOf('pg_namespace', 'n.oid')} ORDER BY n.oid`,
  `SELECT format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I;', x.extname, n.nspname) FROM ${EXTENSIONS} ORDER BY x.oid`,
  // Types of every kind, each after those it is made of.
  `SELECT CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname,
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s%s%s%s;', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
      ' DEFAULT ' || t.typdefault, CASE WHEN t.typnotnull THEN ' NOT NULL' END,
      (SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
    WHEN 'c' THEN format('CREATE TYPE %I.%I AS (%s);', n.nspname, t.typname,
      (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
    WHEN 'r' THEN (SELECT format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s%s, MULTIRANGE_TYPE_NAME = %s);', n.nspname, t.typname,
      format_type(r.rngsubtype, -1), CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff END, format_type(r.rngmultitypid, -1))
      FROM pg_range r WHERE r.rngtypid = t.oid) END
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE ${OURS} AND ${notOf('pg_type', 't.oid')} AND (t.typtype IN ('e', 'd', 'r')
    OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class r WHERE r.oid = t.typrelid AND r.relkind = 'c')) ORDER BY t.oid`,
  `SELECT pg_get_functiondef(p.oid) || ';' FROM ${FUNCTIONS} AND NOT ${SPEAKS_OF_TABLES} ORDER BY p.oid`,
  `SELECT format('CREATE%s SEQUENCE %s AS %s %s;', CASE c.relpersistence WHEN 'u' THEN ' UNLOGGED' END, ${NAME}, format_type(q.seqtypid, -1), ${COUNTING})
  FROM pg_sequence q, ${RELATIONS} AND c.oid = q.seqrelid AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i') ORDER BY c.oid`,
  `SELECT format('CREATE%s TABLE %s (%s%s)%s%s%s;', CASE c.relpersistence WHEN 'u' THEN ' UNLOGGED' END, ${NAME}, ${COLUMNS}, E'\\n',
    CASE WHEN NOT c.relispartition THEN ' INHERITS (' || ${PARENTS} || ')' END,
    CASE c.relkind WHEN 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) END, ${OPTIONS})
  FROM ${RELATIONS} AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' ORDER BY c.oid`,
  `SELECT format('ALTER TABLE %s ATTACH PARTITION %s %s;', ${PARENTS}, ${NAME}, pg_get_expr(c.relpartbound, c.oid))
  FROM ${RELATIONS} AND c.relkind IN ('r', 'p') AND c.relispartition ORDER BY c.oid`,
  `SELECT format('ALTER SEQUENCE %s OWNED BY %I.%I.%I;', ${NAME}, tn.nspname, t.relname, a.attname)
  FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid, ${RELATIONS}
    AND c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a' ORDER BY c.oid`,
  // Views and what speaks of tables, in the order in which they were made.
  `SELECT made.text FROM (
    SELECT p.oid, pg_get_functiondef(p.oid) || ';' AS text FROM ${FUNCTIONS} AND ${SPEAKS_OF_TABLES}
    UNION ALL SELECT c.oid, format('CREATE VIEW %s%s AS%s%s', ${NAME}, ${OPTIONS}, E'\\n', pg_get_viewdef(c.oid))
      FROM ${RELATIONS} AND c.relkind = 'v' AND c.relpersistence <> 't'
    UNION ALL SELECT c.oid, format('CREATE MATERIALIZED VIEW %s%s AS%s%s%sWITH NO DATA;', ${NAME}, ${OPTIONS}, E'\\n',
      rtrim(pg_get_viewdef(c.oid), ';'), E'\\n') FROM ${RELATIONS} AND c.relkind = 'm') AS made ORDER BY made.oid`,
];

/** After the rows: what is quicker to build than to keep, and what would look at rows too early. */
export const AFTER_ROWS: readonly string[] = [
  `SELECT ${CONSTRAINT} FROM ${CONSTRAINTS} AND k.contype IN ('p', 'u', 'x', 'c') ORDER BY position(k.contype::text IN 'puxc'), k.oid`,
  `SELECT CASE c.relkind WHEN 'I' THEN replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') ELSE pg_get_indexdef(i.indexrelid) END || ';' FROM pg_index i, ${RELATIONS} AND c.oid = i.indexrelid AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid) ORDER BY i.indexrelid`,
  `SELECT format('ALTER TABLE %s CLUSTER ON %I;', ${NAME}, x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid, ${RELATIONS}
    AND c.oid = i.indrelid AND i.indisclustered ORDER BY c.oid`,
  `SELECT ${CONSTRAINT} FROM ${CONSTRAINTS} AND k.contype = 'f' ORDER BY k.oid`,
  `SELECT pg_get_statisticsobjdef(s.oid) || ';' FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${OURS} ORDER BY s.oid`,
  `SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r, ${RELATIONS} AND c.oid = r.ev_class AND r.rulename <> '_RETURN' ORDER BY r.oid`,
  `SELECT pg_get_triggerdef(g.oid) || ';' FROM pg_trigger g, ${RELATIONS} AND c.oid = g.tgrelid AND NOT g.tgisinternal AND g.tgparentid = 0 ORDER BY g.oid`,
  `SELECT format('ALTER TABLE %s %s TRIGGER %I;', ${NAME}, CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, g.tgname)
  FROM pg_trigger g, ${RELATIONS} AND c.oid = g.tgrelid AND NOT g.tgisinternal AND g.tgenabled <> 'O' ORDER BY g.oid`,
  `SELECT format('ALTER TABLE %s %s ROW LEVEL SECURITY;', ${NAME}, force.word) FROM unnest(ARRAY['ENABLE', 'FORCE']) AS force(word), ${RELATIONS}
    AND CASE force.word WHEN 'ENABLE' THEN c.relrowsecurity ELSE c.relforcerowsecurity END ORDER BY c.oid, 1`,
  `SELECT format('CREATE POLICY %I ON %s AS %s FOR %s%s%s;', p.polname, ${NAME}, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM pg_policy p, ${RELATIONS} AND c.oid = p.polrelid ORDER BY p.oid`,
  `SELECT format('REFRESH MATERIALIZED VIEW %s;', ${NAME}) FROM ${RELATIONS} AND c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`,
  `SELECT format('COMMENT ON %s %s IS %L;', CASE WHEN o.type LIKE '% column' THEN 'COLUMN' WHEN o.type LIKE '% constraint' THEN replace(upper(o.type), 'TABLE ', '') ELSE upper(o.type) END,
    o.identity, d.description) FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS o
  WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass) AND (o.type = 'schema' AND o.name !~ '^pg_' AND o.name <> 'information_schema'
    AND d.description <> 'standard public schema' OR o.schema !~ '^pg_' AND o.schema <> 'information_schema' OR o.schema IS NULL AND o.type IN ('table constraint', 'trigger', 'policy', 'rule'))
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e') ORDER BY d.objoid, d.objsubid`,
];

/** The tables that hold rows: name as SQL, the columns that are stored as SQL, and each of them as text. */
export const TABLES: string = `SELECT ${NAME}, coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), ''),
    coalesce(string_agg(quote_ident(a.attname) || '::text', ', ' ORDER BY a.attnum), '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  WHERE ${OURS} AND ${notOf('pg_class', 'c.oid')} AND c.relkind = 'r' AND c.relpersistence <> 't' GROUP BY c.oid, n.nspname, c.relname ORDER BY c.oid`;

/** Every sequence by its name as SQL. */
export const SEQUENCES: string = `SELECT ${NAME} FROM ${RELATIONS} AND c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY c.oid`;

const LEFT_OUT: readonly (readonly [what: string, catalog: string, name: string, more?: string])[] = [
  ['aggregate', 'pg_proc', 'proname', "o.prokind = 'a'"],
  ['operator', 'pg_operator', 'oprname'],
  ['cast', 'pg_cast', 'oid::text'],
  ['collation', 'pg_collation', 'collname'],
  ['conversion', 'pg_conversion', 'conname'],
  ['foreign server', 'pg_foreign_server', 'srvname'],
  ['publication', 'pg_publication', 'pubname'],
  ['event trigger', 'pg_event_trigger', 'evtname'],
  ['text search configuration', 'pg_ts_config', 'cfgname'],
  ['text search dictionary', 'pg_ts_dict', 'dictname'],
  ['operator class', 'pg_opclass', 'opcname'],
  ['large object', 'pg_largeobject_metadata', 'oid::text'],
  ['base type', 'pg_type', 'typname', "o.typtype = 'b' AND o.typelem = 0"],
];

/** What these statements cannot make again. */
export const NOT_DUMPED: string = LEFT_OUT.map(
  ([what, catalog, name, more = 'true']) =>
    `SELECT '${what} ' || o.${name} FROM ${catalog} o WHERE o.oid >= 16384 AND ${more} AND ${notOf(catalog, 'o.oid', "'e', 'i'")}`,
).join(' UNION ALL ');
