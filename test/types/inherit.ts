import { type AnyModel, CharField, type InstanceOf, IntegerField, type Model } from '../../src/index.ts';
import { BaseModel, Tweet, User } from './models.ts';

class Admin extends User.define('admin', { level: IntegerField() }) {
  get rank(): number {
    return this.level;
  }
}
class Audited extends BaseModel.define({ updatedBy: CharField() }) {
  stamp(): void {}
} // second abstract level
class Post extends Audited.define('post', { title: CharField() }) {}
async function f() {
  const a: Admin = await Admin.create({ level: 1, username: 'x', years: null });
  a.shout;
  a.rank;
  a.tweets;
  a.age;
  Admin.recent();
  const p: Post = await Post.create({ title: 't', updatedBy: 'me' });
  p.stamp();
  p.age;
  p.createdAt;
  Post.updatedBy.eq('x');
  // @ts-expect-error level is required
  await Admin.create({ username: 'x' });
  // @ts-expect-error rows of different tables never mix
  const asUser: User = a;
  return asUser;
}
// generic helpers over any model
async function firstOf<M extends AnyModel & typeof Model>(m: M): Promise<InstanceOf<M> | null> {
  return m.select().first() as Promise<InstanceOf<M> | null>;
}
const all: readonly AnyModel[] = [User, Tweet, Admin, Post];
void [f, firstOf, all];
