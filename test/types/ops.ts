import { CharField, DateTimeField, type Expr, fn, JSONField, Model } from '../../src/index.ts';

interface Meta {
  tags: string[];
  place: { city: string };
}
class Post extends Model.define('post', { title: CharField(), at: DateTimeField(), meta: JSONField<Meta>() }) {}
const y: Expr<number> = Post.at.year;
const c: Expr<string> = Post.meta.path('place').path('city');
async function f() {
  const rows = await Post.select(
    Post.at,
    Post.at.year.as('year'),
    Post.meta.path('place').path('city').as('city'),
    fn.count().as('n'),
  ).dicts();
  const r: { at: Date; year: number; city: string; n: number } = rows[0]!;
  const m: Meta = (await Post.get()).meta;
  return [r, m];
}
// @ts-expect-error a title has no year
Post.title.year;
// @ts-expect-error no such key
Post.meta.path('plaza');
void [y, c, f];
