import {
  ArrayField,
  BigIntegerRangeField,
  BinaryJSONField,
  CITextField,
  DateRangeField,
  DateTimeTZField,
  DateTimeTZRangeField,
  HStoreField,
  headline,
  IntegerRangeField,
  type Interval,
  IntervalField,
  interval,
  Match,
  type Range,
  range,
  similarity,
  TSVectorField,
  toTsvector,
  VectorField,
} from '../../src/entry/postgresql-ext.ts';
import {
  CharField,
  DateTimeField,
  DecimalField,
  type Expr,
  fn,
  IntegerField,
  Model,
  TextField,
  UUIDField,
} from '../../src/index.ts';

type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
declare function expectType<T>(): <U>(value: U, ...ok: Equal<T, U> extends true ? [] : [expected: T, got: U]) => void;

interface Meta {
  tags: string[];
  place: { city: string; zip?: number };
  views: number;
  note: string | null;
}

class Post extends Model.define('post', {
  title: CharField(),
  tags: ArrayField(TextField(), { default: [] }),
  scores: ArrayField(IntegerField({ null: true })),
  grid: ArrayField(IntegerField(), { dimensions: 2, null: true, index: false }),
  dates: ArrayField(DateTimeField()),
  prices: ArrayField(DecimalField({ maxDigits: 10, decimalPlaces: 2 })),
  ids: ArrayField(UUIDField(), { index: { using: 'gin' } }),
  features: HStoreField({ default: {} }),
  meta: BinaryJSONField<Meta>(),
  anything: BinaryJSONField({ null: true }),
  search: TSVectorField({ from: { title: 'A' }, language: 'english' }),
  own: TSVectorField({ null: true }),
  at: DateTimeTZField(),
  lasts: IntervalField(),
  pages: IntegerRangeField(),
  keys: BigIntegerRangeField({ null: true }),
  days: DateRangeField({ index: true }),
  open: DateTimeTZRangeField(),
  mail: CITextField({ unique: true }),
  embedding: VectorField({ dimensions: 3 }),
}) {}

async function rows() {
  const post = await Post.get();
  expectType<readonly string[]>()(post.tags);
  expectType<readonly (number | null)[]>()(post.scores);
  expectType<readonly (readonly number[])[] | null>()(post.grid);
  expectType<readonly Date[]>()(post.dates);
  expectType<Readonly<Record<string, string | null>>>()(post.features);
  expectType<Meta>()(post.meta);
  expectType<unknown>()(post.anything);
  expectType<string>()(post.search);
  expectType<Date>()(post.at);
  expectType<Interval>()(post.lasts);
  expectType<Range<number>>()(post.pages);
  expectType<Range<bigint> | null>()(post.keys);
  expectType<readonly number[]>()(post.embedding);
  // @ts-expect-error an array is assigned anew: a change inside would not be saved
  post.tags.push('x');
  // @ts-expect-error likewise
  post.features['a'] = 'b';
  const [first] = await Post.select(
    Post.tags,
    Post.tags.at(0).as('tag'),
    Post.grid.at(0, 1).as('cell'),
    Post.tags.slice(1).as('rest'),
    Post.dates.at(0).year.as('year'),
    Post.features.get('a').as('a'),
    Post.meta.path('place').path('city').as('city'),
    Post.pages.lower().as('from'),
    Post.at.since(new Date()).as('age'),
    Post.tags.unnest().as('each'),
    fn.max(Post.tags).as('most'),
  ).dicts();
  expectType<{
    tags: readonly string[];
    tag: string | null;
    cell: number | null;
    rest: readonly string[];
    year: number;
    a: string | null;
    city: string;
    from: number | null;
    age: Interval;
    each: string | null;
    most: readonly string[] | null;
  }>()(first!);
  await Post.create({
    title: 'a',
    scores: [1, null],
    dates: [new Date()],
    prices: ['1.00'],
    ids: [],
    meta: { tags: [], place: { city: 'Paris' }, views: 1, note: null },
    at: new Date(),
    lasts: interval({ hours: 2 }),
    pages: range(1, 10),
    days: range('2026-11-22', null, '[]'),
    open: range(new Date(), null),
    mail: 'a@b.c',
    embedding: [1, 2, 3],
  });
  await Post.update({ tags: Post.tags.append('x'), meta: Post.meta.path('views').set(2), own: toTsvector(Post.title) });
}

// ── what compiles
const conditions: Expr<boolean>[] = [
  Post.tags.contains(['a']),
  Post.tags.contains(Post.tags),
  Post.tags.eq(['a']),
  Post.tags.any().eq('a'),
  Post.tags.any().eq(Post.title),
  Post.scores.all().gt(3),
  Post.grid.contains([[1, 2]]),
  Post.tags.slice(0, 2).append('b').overlaps(['c']),
  Post.tags.at(-1).startsWith('a'),
  Post.features.contains({ a: '1', b: null }),
  Post.features.contains(['a']),
  Post.features.contains('a'),
  Post.features.keys().contains(['a']),
  Post.features.update({ a: '1' }).exists('a'),
  Post.meta.contains({ place: { city: 'Paris' } }),
  Post.meta.contains({ tags: ['a'] }),
  Post.meta.path('place').path('city').contains('par'),
  Post.meta.path('tags').path(0).eq('a'),
  Post.meta.path('views').gt(3),
  Post.meta.path('note').isNull(),
  Post.meta.hasKey('tags'),
  Post.meta
    .path('tags')
    .append('x')
    .contains({ tags: ['x'] }),
  Post.anything.path('a').path(0).path('b').eq(3),
  Post.anything.contains({ a: 1 }),
  Post.search.match('cats', { syntax: 'phrase' }),
  Match(Post.title, 'cats', { language: 'english' }),
  Post.at.add(interval('PT1H')).lt(new Date()),
  Post.at.since(Post.at).gt(interval({ days: 1 })),
  Post.lasts.mul(2).gt(interval({ hours: 1 })),
  Post.pages.contains(3),
  Post.pages.contains(range(1, 2)),
  Post.pages.contains(Post.id),
  Post.pages.overlaps(Post.pages),
  Post.days.lower().gt('2026-01-01'),
  Post.open.contains(new Date()),
  Post.mail.startsWith('a'),
];
const order = [
  Post.embedding.l2Distance([1, 2, 3]),
  Post.search.rank('cats', { weights: { A: 1 } }).desc(),
  similarity(Post.title, 'x'),
];
const text: Expr<string> = headline(Post.title, 'cats', { start: '<em>' });
expectType<Expr<number>>()(Post.tags.length());

// ── what must not
// @ts-expect-error a text is no array
Post.tags.contains('a');
// @ts-expect-error elements are texts
Post.tags.contains([1]);
// @ts-expect-error elements are texts
Post.tags.any().eq(1);
// @ts-expect-error two dimensions, two indexes
Post.grid.at(0);
// @ts-expect-error one dimension, one index
Post.tags.at(0, 1);
// @ts-expect-error rows are arrays
Post.grid.contains([1]);
// @ts-expect-error an array is compared with an array
Post.tags.eq('a');
// @ts-expect-error texts join, arrays are concatenated with arrays
Post.tags.concat('a');
// @ts-expect-error a text has no elements
Post.title.at(0);
// @ts-expect-error values are texts
Post.features.contains({ a: 1 });
// @ts-expect-error keys are texts
Post.features.get(1);
// @ts-expect-error no such key
Post.meta.path('plaza');
// @ts-expect-error not a city
Post.meta.contains({ place: { city: 1 } });
// @ts-expect-error no such key
Post.meta.contains({ where: 1 });
// @ts-expect-error an array has numbers for keys
Post.meta.path('tags').path('length');
// @ts-expect-error views are a number
Post.meta.path('views').set('many');
// @ts-expect-error tags are texts
Post.meta.path('tags').append(1);
// @ts-expect-error the whole document is not at a path
Post.meta.set({});
// @ts-expect-error dates do not add up
Post.at.add(new Date());
// @ts-expect-error lengths of time do not multiply
Post.lasts.mul(interval({ hours: 1 }));
// @ts-expect-error pages are numbers
Post.pages.contains('3');
// @ts-expect-error of another kind
Post.pages.overlaps(Post.days);
// @ts-expect-error numbers, not texts
Post.embedding.l2Distance(['1']);
// @ts-expect-error no such weight
Post.search.setWeight('E');
// @ts-expect-error a generated column needs its language
TSVectorField({ from: ['title'] });
// @ts-expect-error the elements of an array have values
ArrayField(Post);
// @ts-expect-error elements may not be null here
Post.create({ tags: [null] });
void [rows, conditions, order, text];
