import {
  type Backref,
  BooleanField,
  CharField,
  DateTimeField,
  ForeignKeyField,
  IntegerField,
  Model,
  type Related,
  TextField,
} from '../../src/index.ts';

export class BaseModel extends Model.define({
  createdAt: DateTimeField({ default: () => new Date() }),
}) {
  get age(): number {
    return Date.now() - this.createdAt.getTime();
  }
  static recent(): string {
    return 'recent';
  }
}

export class User extends BaseModel.define('user', {
  username: CharField({ unique: true }),
  years: IntegerField({ null: true }),
  name: CharField({ default: '' }),
}) {
  declare tweets: Backref<Tweet>;
  get shout(): string {
    return `${this.username.toUpperCase()}!`;
  }
}

export class Tweet extends BaseModel.define('tweet', {
  user: ForeignKeyField(() => User, { backref: 'tweets' }),
  parent: ForeignKeyField('self', { null: true }),
  message: TextField(),
  published: BooleanField({ default: false }),
}) {
  declare parent: Related<Tweet> | null;
  get short(): string {
    return this.message.slice(0, 10);
  }
}

export class Favorite extends BaseModel.define('favorite', {
  user: ForeignKeyField(() => User),
  tweet: ForeignKeyField(() => Tweet),
}) {}

export class Relationship extends BaseModel.define('relationship', {
  fromUser: ForeignKeyField(() => User, { backref: 'following' }),
  toUser: ForeignKeyField(() => User, { backref: 'followers' }),
}) {}

// mutual foreign keys: one side names the instance type
export class Team extends BaseModel.define('team', {
  captain: ForeignKeyField<Player>(() => Player, { null: true }),
  title: CharField(),
}) {
  tm() {}
}
export class Player extends BaseModel.define('player', { team: ForeignKeyField(() => Team), nick: CharField() }) {
  pm() {}
}
// the plain side first
export class Dog extends BaseModel.define('dog', { owner: ForeignKeyField(() => Owner), tag: CharField() }) {
  dm() {}
}
export class Owner extends BaseModel.define('owner', { best: ForeignKeyField<Dog>(() => Dog), label: CharField() }) {
  om() {}
}
// explicit self, with methods, no declare
export class Category extends BaseModel.define('category', {
  slug: CharField({ primaryKey: true }),
  parent: ForeignKeyField<Category>('self', { null: true }),
}) {
  path(): string {
    return this.slug;
  }
}
