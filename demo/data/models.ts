/** The playground's models: airports, the flights between them, the birds their aeroplanes met, and what you saw yourself. */
import {
  type Backref,
  CharField,
  DateField,
  DateTimeField,
  FloatField,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  TextField,
} from 'waxwing';
import { database } from '../app/database.ts';

export class BaseModel extends Model {
  static meta = { database };
}

export class State extends BaseModel.define('state', {
  code: CharField({ primaryKey: true }),
  title: CharField({ unique: true }),
}) {
  declare airports: Backref<Airport>;
}

export class Airport extends BaseModel.define('airport', {
  iata: CharField({ primaryKey: true }),
  title: CharField(),
  city: CharField({ index: true, null: true }),
  state: ForeignKeyField(() => State, { backref: 'airports', null: true }),
  country: CharField(),
  latitude: FloatField(),
  longitude: FloatField(),
}) {
  declare departures: Backref<Flight>;
  declare arrivals: Backref<Flight>;
  declare strikes: Backref<Strike>;

  get place(): string {
    return this.stateId ? `${this.city}, ${this.stateId}` : (this.city ?? this.country);
  }
}

export class Flight extends BaseModel.define('flight', {
  departedAt: DateTimeField({ index: true }),
  origin: ForeignKeyField(() => Airport, { backref: 'departures' }),
  destination: ForeignKeyField(() => Airport, { backref: 'arrivals' }),
  delay: IntegerField(),
  distance: IntegerField(),
}) {
  get late(): boolean {
    return this.delay >= 15;
  }
}

export class Species extends BaseModel.define('species', {
  title: CharField({ unique: true }),
}) {
  declare strikes: Backref<Strike>;
}

/** What else was known about a strike; kept as JSON. */
export interface Circumstances {
  phase: string;
  light: string;
  size: string;
  knots: number | null;
  cost: { repair: number; other: number };
}

export class Strike extends BaseModel.define('strike', {
  date: DateField({ index: true }),
  airport: ForeignKeyField(() => Airport, { backref: 'strikes' }),
  species: ForeignKeyField(() => Species, { backref: 'strikes' }),
  operator: CharField({ index: true }),
  aircraft: CharField(),
  damage: CharField(),
  cost: IntegerField(),
  circumstances: JSONField<Circumstances>(),
}) {}

export class Sighting extends BaseModel.define('sighting', {
  airport: ForeignKeyField(() => Airport, { onDelete: 'CASCADE' }),
  species: ForeignKeyField(() => Species, { onDelete: 'CASCADE' }),
  birds: IntegerField({ default: 1 }),
  note: TextField({ default: '' }),
  seenAt: DateTimeField({ default: () => new Date() }),
}) {}

/** Every model, those referred to first. */
export const MODELS = { State, Airport, Flight, Species, Strike, Sighting } as const;
