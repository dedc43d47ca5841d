/** Scripts for `db5.3_sql`: the files it makes of them are genuine, and hold what the corpus does not. */
import { blobLiteral, each, literal, oneOf, randomOf, textLiteral } from './random.ts';

export interface Genuine {
  readonly name: string;
  /** Made in one run each: a new run begins with the file as the one before closed it. */
  readonly runs: readonly (readonly string[])[];
}

/** Every kind of value and key, in tables and indexes of every kind. */
function mixed(seed: number, rows: number, longest: number): string[] {
  const random = randomOf(seed);
  return [
    'create table m(id integer primary key, a, b text, c real, d blob)',
    'create index m_a on m(a)',
    'create index m_bc on m(b, c desc)',
    'create index m_nocase on m(b collate nocase, a)',
    'create unique index m_all on m(d, c, b, a, id)',
    'create table k(name text primary key, n integer unique, x default 7)',
    ...each(rows, () => {
      const [a, b, c, d] = [0, 1, 2, 3].map(() => literal(random, longest));
      return `insert into m(a, b, c, d) values (${a}, ${b}, ${c}, ${d})`;
    }),
    ...each(rows >> 1, (i) => `insert into k(name, n) values (${textLiteral(random, 3 + random(longest))}, ${i * 7 - rows})`),
    ...each(rows >> 2, () => `delete from m where id = ${random(rows)}`),
    ...each(
      rows >> 3,
      () => `update m set a = ${literal(random, longest)}, b = ${literal(random, 20)} where id = ${random(rows)}`,
    ),
  ];
}

const ODD = ['a', 'A', 'a ', ' a', 'ab', 'aB', 'Ab', '', ' ', 'Ü', 'ü', 'ß', '漢', '😀', 'é', 'e\u0301', 'ﬀ', '\uffee', '\ue000'];

/** Texts that collations and encodings tell apart, or do not. */
function collated(): string[] {
  const values = [...ODD.map((text) => `'${text}'`), "cast(x'610062' as text)", "x'61'", '1', '1.0', 'null', "'1'"];
  return [
    'create table c(id integer primary key, t text, n text collate nocase, r text collate rtrim)',
    'create index c_t on c(t)',
    'create index c_n on c(n)',
    'create index c_r on c(r)',
    'create index c_mix on c(n desc, t, r collate binary)',
    'create index c_other on c(t collate nocase desc, n collate binary)',
    'create table nk(k text collate nocase primary key, v)',
    ...values.map((value) => `insert into c(t, n, r) values (${value}, ${value}, ${value})`),
    ...values.map((value) => `insert or ignore into nk values (${value}, ${value})`),
    ...values.map((value) => `insert into c(t, n, r) values (${value} || 'x', ${value}, ${value} || ' ')`),
  ];
}

const sizes = [512, 1024, 2048, 8192, 16384, 32768];

/** Names of columns and tables that newer versions know as keywords. */
const WORDS =
  'always current do exclude filter first following generated groups last materialized nulls others over partition preceding range rows ties unbounded window within without action recursive'.split(
    ' ',
  );

const NUMBERS = [
  "0|-0.0|1|1.0|1e15|1e16|1e18|1.5|-1.5|0.1|'12'|' 12 '|'1e3'|'0x10'|x'31'|1e400|-1e400|4.9e-324|2.2250738585072014e-308",
  "-9223372036854775808|'9223372036854775808'|9007199254740991|9007199254740992.0|9007199254740994",
  '1.7976931348623157e308|-140737488355328|140737488355327|281474976710655.5|36028797018963968',
].flatMap((line) => line.split('|'));

/**
 * Not for columns of reals: SQLite 3.7 keeps all digits of them there, and today's writes a real when it writes the row again,
 * which to 3.7 equals several integers at once. No order of keys is right then.
 */
const INEXACT = ['9007199254740993', '123456789012345678', '9223372036854775807'];

function many(): string[] {
  return Array.from({ length: 300 }, (_, i) => [
    `create table t${i}(id integer primary key, a text unique, b)`,
    `create index t${i}_b on t${i}(b)`,
    `insert into t${i} values (${i}, 'text ${i}', ${i % 7})`,
  ]).flat();
}

function duplicates(): string[] {
  const random = randomOf(5);
  return [
    'create table d(id integer primary key, k, big text)',
    'create index d_k on d(k)',
    'create index d_big on d(big)',
    ...each(
      9000,
      (i) => `insert into d values (${i * 3 - 4000}, ${oneOf(random, '1', '1', '1', "'x'", 'null', '2.0')}, ${i % 50})`,
    ),
    ...each(300, (i) => `insert into d values (${1e12 + i * 1e9}, 'x', ${textLiteral(randomOf(i % 3), 900)})`),
    "delete from d where k = 'x' and id % 2 = 0",
    'delete from d where k is null and id > 100',
    'delete from d where k = 2.0 and id <> 2',
    ...each(1000, (i) => `update d set k = 3 where id = ${i * 9 - 4000}`),
  ];
}

function deep(): string[] {
  const random = randomOf(6);
  return [
    'create table l(id integer primary key, k text, v)',
    'create index l_k on l(k)',
    'create unique index l_kv on l(k, v)',
    ...each(1200, (i) => `insert into l values (${i}, ${textLiteral(random, 60 + random(120))}, ${i})`),
    ...each(200, (i) => `insert into l values (${5000 + i}, ${textLiteral(random, 400 + random(1200))}, ${i})`),
    'delete from l where id % 3 = 1',
    'delete from l where id between 300 and 700',
    ...each(500, (i) => `insert into l values (${10000 + i}, ${textLiteral(random, 108 + (i % 8))}, null)`),
    "delete from l where k < '2'",
  ];
}

const wide = (count: number, word: string): string => Array.from({ length: count }, (_, i) => `${word}${i}`).join(', ');

/** What every run of the tests makes and looks at. */
export const genuine: readonly Genuine[] = [
  ...sizes.map((size) => ({
    name: `page size ${size}`,
    runs: [[`pragma page_size = ${size}`, ...mixed(size, size > 4096 ? 100 : 250, Math.min(size, 10_000))]],
  })),
  ...['UTF-8', 'UTF-16le', 'UTF-16be'].map((encoding) => ({
    name: `texts in ${encoding}`,
    runs: [[`pragma encoding = '${encoding}'`, ...collated(), ...mixed(3, 200, 2000)]],
  })),
  {
    name: 'file format 4',
    runs: [
      [
        'pragma legacy_file_format = off',
        ...collated(),
        ...mixed(4, 300, 2000),
        'insert into m(id, a) values (0, 5)',
        'insert into m(id, a) values (-1, 5)',
      ],
    ],
  },
  { name: '300 tables', runs: [many()] },
  {
    name: 'most of 300 tables dropped',
    runs: [
      many(),
      Array.from({ length: 300 }, (_, i) => (i % 9 === 4 ? [] : [`drop table t${i}`])).flat(),
      ['create table back(a primary key)', 'insert into back values (1)', 'create index back_a on back(a)'],
    ],
  },
  { name: 'vacuumed', runs: [[...mixed(7, 500, 3000)], ['delete from m where id % 5 > 0', 'drop index m_bc'], ['vacuum']] },
  { name: 'auto_vacuum', runs: [['pragma auto_vacuum = 1', ...mixed(8, 300, 3000)], ['delete from m where id > 100']] },
  {
    name: 'incremental vacuum',
    runs: [
      ['pragma auto_vacuum = 2', ...mixed(9, 300, 3000)],
      ['delete from m', 'pragma incremental_vacuum'],
    ],
  },
  { name: 'emptied', runs: [mixed(10, 300, 3000), ['delete from m', 'delete from k'], ['insert into k(name) values (1)']] },
  { name: 'duplicates', runs: [duplicates()] },
  { name: 'duplicates at 512', runs: [['pragma page_size = 512', ...duplicates()]] },
  { name: 'deep trees of long keys at 512', runs: [['pragma page_size = 512', ...deep()]] },
  { name: 'deep trees of long keys at 4096', runs: [deep()] },
  {
    name: 'sequences',
    runs: [
      [
        "select create_sequence('abcd')",
        "select create_sequence('s2', 'start', 100, 'incr', -1, 'minvalue', 0, 'maxvalue', 1000, 'cache', 5)",
        "select nextval('abcd')",
        "select nextval('s2')",
        'create table t(a)',
        'pragma user_version = -5',
        'pragma default_cache_size = 77',
      ],
      ["select nextval('abcd')", "select nextval('s2')"],
    ],
  },
  {
    name: 'wide rows',
    runs: [
      [
        `create table w(${wide(2000, 'c')})`,
        `create index w_i on w(${wide(140, 'c')})`,
        `create table v(${wide(300, 'c')}, primary key (c1, c0))`,
        `insert into w(${wide(200, 'c')}) values (${wide(200, '')})`,
        'insert into w(c1999) values (1.5)',
        ...each(40, (i) => `insert into v(c0, c1, c${i + 2}) values (${i % 4}, ${i}, ${textLiteral(randomOf(i), 1500)})`),
      ],
    ],
  },
  {
    name: 'rowids',
    runs: [
      [
        'create table r(id integer primary key, a, b text)',
        'create index r_a on r(a)',
        'create index r_id on r(id)',
        'create index r_aa on r(a, a)',
        'create index r_aid on r(b, id)',
        'create unique index r_desc on r(id desc)',
        ...Array.from({ length: 63 }, (_, bit) => [-1n, 0n, 1n].map((more) => (1n << BigInt(bit)) + more))
          .flat()
          .flatMap((id) => [id, -id])
          .map((id) => `insert or ignore into r values (${id}, ${id % 2n === 0n ? 'null' : "'same'"}, ${id})`),
        'insert into r values (9223372036854775807, 1, 2)',
        'insert into r values (-9223372036854775808, 1, 2)',
        'create table ghost(rowid, _rowid_, oid)',
        'insert into ghost values (3, 2, 1)',
        'insert into ghost values (1, 2, 3)',
        'create table last(id integer primary key desc, v)',
        "insert into last values ('x', 1)",
        'insert into last values (5, 2)',
        'create table auto(id integer primary key autoincrement)',
        'insert into auto values (9223372036854775807)',
        'create table bare(a)',
        'insert into bare default values',
      ],
    ],
  },
  {
    name: 'numbers',
    runs: [
      [
        'create table n(a, r real, i integer, u numeric, t text)',
        ...['a', 'r', 'i', 'u', 't'].map((column) => `create index n_${column} on n(${column})`),
        'create index n_desc on n(a desc, r desc)',
        ...NUMBERS.flatMap((value) => [1, 2].map(() => `insert into n values (${Array(5).fill(value)})`)),
        ...INEXACT.flatMap((value) => [1, 2].map(() => `insert into n(a, i, u, t) values (${Array(4).fill(value)})`)),
        'insert into n select a * 1.0, r + 0.25, i, u / 3, t from n',
      ],
    ],
  },
  {
    name: 'odd names and texts',
    runs: [
      [
        'create table ""(a)',
        'insert into "" values (1)',
        'create table "a\nb"("c\td", "e""f" unique)',
        'insert into "a\nb" values (1, 2)',
        "create table 'quoted'('x' text default 'it''s')",
        'insert into quoted default values',
        ...WORDS.map((word) => `create table ${word}(${word}, x unique)`),
        ...WORDS.map((word) => `insert into ${word} values ('${word}', 1)`),
        `create table words(${WORDS.join(', ')})`,
        'create /* why */ table -- what\n commented(a /* b */, -- c\n d)',
        'create table "漢字"("ключ" text primary key, "😀")',
        'insert into "漢字" values (1, 2)',
        'create table made as select 1 as "a b", \'x\' as "select", null as n, 1.5',
        'create table types(a varchar(10, 20), b "odd type", c unsigned big int, d double precision, e decimal(10,5), f)',
        "insert into types values ('1', '2', '3', '4', '5', '6')",
        'create table dq(a default "x", b default x\'00\', c default -5, d default +1.5, e default current_time, check (a <> "q"))',
        'insert into dq(e) values (1)',
        'create table keys(a primary key, b, unique (a), unique (b, a), unique (b collate nocase))',
        'insert into keys values (1, 2)',
        'create table cons(a constraint one not null constraint two unique on conflict ignore, constraint three check (a > 0), foreign key (a) references keys(b) on delete cascade on update set null deferrable initially deferred)',
        'insert into cons values (1)',
        'create table auto(x integer, primary key (x autoincrement))',
        'insert into auto values (null)',
      ],
    ],
  },
  {
    name: 'views and triggers',
    runs: [
      [
        'create table t(id integer primary key, a, b)',
        'create table log(what)',
        'create index t_a on t(a)',
        'create table nowhere(a)',
        'create view v1 as select a, count(*) c from t group by a having count(*) > 0 order by 2 desc limit 5 offset 0',
        'create view v2 as select * from t indexed by t_a where a between 1 and 5 union all select id, b, a from t where b in (1, 2) or b isnull',
        "create view v3 as select case a when 1 then 'one' else cast(b as text) end x, a || b, ~a, a << 2, a <> b, a == b from t left outer join log on what = a",
        "create view v4 as select distinct t.* from t natural join log cross join (select 1) where exists (select 1 from t) and a like '%x' escape '\\'",
        'create view gone as select * from nowhere',
        "create trigger t_i after insert on t for each row when new.a > 1 begin insert into log values ('in ' || new.a); end",
        'create trigger t_u before update of a, b on t begin select raise(ignore) where new.a < 0; update log set what = old.a where what = new.a; end',
        "create trigger t_d after delete on t begin delete from log where what = old.a; select raise(abort, 'no') where old.a = 99; end",
        "create trigger v_i instead of insert on v1 begin insert into t(a) values (new.a); insert or replace into log select 'x'; end",
        'drop table nowhere',
        ...each(20, (i) => `insert into t(a, b) values (${i % 6}, ${i})`),
        'update t set a = a + 1 where b < 5',
        'delete from t where b > 15',
        'insert into v1(a) values (7)',
        'analyze',
      ],
    ],
  },
  {
    name: 'altered tables',
    runs: [
      [
        'create table t(a primary key, b)',
        'create index t_b on t(b)',
        ...each(300, (i) => `insert into t values (${i}, 'v${i % 10}')`),
        "alter table t add column c text default 'later'",
        ...each(100, (i) => `insert into t values (${1000 + i}, 'w', 'c${i}')`),
        'alter table t add column d real default 1e10',
        'alter table t add column e default null',
        'alter table t add column f integer default -3 check (f < 10)',
        "alter table t add column g default x'ff00'",
        'create index t_cd on t(c, d)',
        'create index t_f on t(f desc, g)',
        'update t set d = 2 where a < 20',
        'alter table t rename to "new name"',
        'create table child(p references "new name"(a))',
        'alter table "new name" rename to t3',
        'drop index t_b',
      ],
    ],
  },
  {
    name: 'given up and taken back',
    runs: [
      [
        ...mixed(11, 200, 5000),
        'begin',
        ...mixed(12, 100, 5000).filter((line) => /^(insert|update|delete)/.test(line)),
        'create table never(a)',
        'drop table k',
        'rollback',
        'begin',
        'savepoint one',
        'insert into m(a) values (1)',
        'delete from m where id < 50',
        'rollback to one',
        'insert into m(a) values (2)',
        'release one',
        'commit',
        'drop table m',
      ],
    ],
  },
  {
    name: 'large values',
    runs: [
      [
        'create table b(id integer primary key, x)',
        'create index b_x on b(x)',
        ...[0, 1, 1006, 1007, 1008, 4069, 4070, 4071, 8139, 8140, 8141, 100_000, 1_500_000].flatMap((size, i) => [
          `insert into b(x) values (${blobLiteral(randomOf(i), size)})`,
          `insert into b(x) values (${textLiteral(randomOf(i), size)})`,
        ]),
        'delete from b where length(x) = 100000',
        'update b set x = x || x where length(x) between 1000 and 5000',
      ],
    ],
  },
];

/** What takes minutes, made when BERKELEY asks for it. */
export const enormous: readonly Genuine[] = [
  {
    name: '200,000 rows',
    runs: [
      [
        'create table h(id integer primary key, name text, n integer, r real)',
        ...each(200_000, (i) => `insert into h values (${i}, 'name ${(i * 7919) % 200_000}', ${i % 1000}, ${i / 8})`),
        'create index h_name on h(name)',
        'create index h_n on h(n)',
        'create index h_r on h(r desc, n)',
      ],
    ],
  },
  {
    name: '9,000 rows of everything',
    runs: [mixed(13, 9000, 4000), ['delete from m where id % 2 = 0'], ['vacuum'], mixed(14, 3000, 9000).slice(6)],
  },
];
