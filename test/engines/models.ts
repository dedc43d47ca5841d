/** The models most suites use. */
import { beforeAll, beforeEach } from 'vitest';
import {
  type Backref,
  BooleanField,
  CharField,
  CompositeKey,
  type Database,
  DateTimeField,
  ForeignKeyField,
  IntegerField,
  Model,
  type Related,
  TextField,
} from '../../src/index.ts';
import type { Backend } from '../backends.ts';

export class BaseModel extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}

export class User extends BaseModel.define('user', {
  username: CharField({ unique: true }),
  age: IntegerField({ null: true }),
  createdAt: DateTimeField({ default: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) }),
}) {
  declare tweets: Backref<Tweet>;
  declare favorites: Backref<Favorite>;
  get shout(): string {
    return `${this.username.toUpperCase()}!`;
  }
  static called(): string {
    return `called ${this.name}`;
  }
}

export class Tweet extends BaseModel.define('tweet', {
  user: ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }),
  parent: ForeignKeyField('self', { null: true, backref: 'replies' }),
  message: TextField(),
  published: BooleanField({ default: false }),
}) {
  declare parent: Related<Tweet> | null;
  declare replies: Backref<Tweet>;
  get short(): string {
    return this.message.slice(0, 3);
  }
}

export class Favorite extends BaseModel.define(
  'favorite',
  {
    user: ForeignKeyField(() => User, { backref: 'favorites' }),
    tweet: ForeignKeyField(() => Tweet),
  },
  { indexes: [{ fields: ['user', 'tweet'], unique: true }] },
) {}

export class Relationship extends BaseModel.define('relationship', {
  fromUser: ForeignKeyField(() => User, { backref: 'following' }),
  toUser: ForeignKeyField(() => User, { backref: 'followers' }),
}) {}

export class Category extends BaseModel.define('category', {
  slug: CharField({ primaryKey: true }),
  parent: ForeignKeyField<Category>('self', { null: true, backref: 'children' }),
}) {
  declare children: Backref<Category>;
  path(): string {
    return `/${this.slug}`;
  }
}

export class Tag extends BaseModel.define(
  'tag',
  {
    tweet: ForeignKeyField(() => Tweet),
    label: CharField(),
  },
  { primaryKey: CompositeKey('tweet', 'label') },
) {}

export const MODELS = [User, Tweet, Favorite, Relationship, Category, Tag] as const;

/** Runs the models on this database and makes their tables. */
export async function setUp(database: Database): Promise<void> {
  BaseModel.meta.database = database;
  await database.createTables(MODELS);
}

/** For the tests of a suite: the models on a database of their own, without rows before each; `statements` tells what it ran. */
export function onModels(open: Backend['open']): { readonly statements: string[] } {
  const statements: string[] = [];
  beforeAll(async () => {
    const opened = await open();
    await setUp(opened.database);
    opened.database.on('query', ({ sql }) => statements.push(sql));
    return () => opened.discard();
  });
  beforeEach(async () => {
    await clear();
    statements.length = 0;
  });
  return { statements };
}

/** Deletes all rows; keys begin at 1 again. */
export async function clear(): Promise<void> {
  await BaseModel.meta.database?.truncateTables(MODELS, { restartIdentity: true });
}
