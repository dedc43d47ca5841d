/** Where the data comes from and how its files become rows of the models. */
import airportsUrl from '../../node_modules/vega-datasets/data/airports.csv?url';
import strikesUrl from '../../node_modules/vega-datasets/data/birdstrikes.csv?url';
import flightsUrl from '../../node_modules/vega-datasets/data/flights-20k.json?url';
import { parseCsv } from './csv.ts';
import { BARKSDALE, REPORTED_AIRPORTS, STATES } from './places.ts';

/** The files, their sizes in bytes being what progress is measured by until the server tells. */
export const SOURCES = {
  airports: { url: airportsUrl, bytes: 210_365 },
  flights: { url: flightsUrl, bytes: 1_784_867 },
  strikes: { url: strikesUrl, bytes: 1_223_329 },
} as const;

export type SourceTexts = Readonly<Record<keyof typeof SOURCES, string>>;

/** Each table's rows; keys of others are given as keys, and species are numbered as they first occur. */
export function toRows(texts: SourceTexts) {
  const species = new Map<string, number>();
  const strikes = parseCsv(texts.strikes).map((record) => toStrike(record, species));
  return {
    states: Object.entries(STATES).map(([code, title]) => ({ code, title })),
    airports: [...parseCsv(texts.airports), BARKSDALE].map(toAirport),
    flights: (JSON.parse(texts.flights) as FlightRecord[]).map(toFlight),
    species: [...species].map(([title, id]) => ({ id, title })),
    strikes,
  };
}

interface FlightRecord {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

function toAirport(record: Record<string, string>) {
  const { iata = '', name = '', city = '', state = '', country = '' } = record;
  return {
    iata,
    title: name,
    city: city === 'NA' ? null : city,
    state: Object.hasOwn(STATES, state) ? state : null,
    country,
    latitude: Number(record['latitude']),
    longitude: Number(record['longitude']),
  };
}

function toFlight(record: FlightRecord) {
  const { date, ...rest } = record;
  return { ...rest, departedAt: new Date(date) };
}

function toStrike(record: Record<string, string>, species: Map<string, number>) {
  const bird = record['Wildlife Species'] ?? 'Unknown';
  if (!species.has(bird)) species.set(bird, species.size + 1);
  const knots = record['Speed IAS in knots'];
  return {
    date: record['Flight Date'] ?? '',
    airport: REPORTED_AIRPORTS[record['Airport Name'] ?? ''] ?? 'BAD',
    species: species.get(bird) ?? 0,
    operator: (record['Aircraft Airline Operator'] ?? '').replace('*', ''),
    aircraft: record['Aircraft Make Model'] ?? '',
    damage: record['Effect Amount of damage'] ?? '',
    cost: Number(record['Cost Total $']),
    circumstances: {
      phase: record['Phase of flight'] ?? '',
      light: record['Time of day'] ?? '',
      size: record['Wildlife Size'] ?? '',
      knots: knots ? Number(knots) : null,
      cost: { repair: Number(record['Cost Repair']), other: Number(record['Cost Other']) },
    },
  };
}
