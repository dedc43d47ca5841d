/** Fills an empty database: downloads the files, then makes the tables and inserts their rows in one transaction. */
import { database } from '../app/database.ts';
import { Airport, Flight, MODELS, Species, State, Strike } from './models.ts';
import { SOURCES, type SourceTexts, toRows } from './sources.ts';

export type StepName = 'Downloading' | 'States and airports' | 'Flights' | 'Bird strikes' | 'Storing';
export const STEPS: readonly StepName[] = ['Downloading', 'States and airports', 'Flights', 'Bird strikes', 'Storing'];
/** Units done and in all: bytes while downloading, rows while inserting. */
export type OnStep = (step: StepName, done: number, total: number) => void;

/** True when nothing is there yet; what a visitor took in is left as it is. */
export async function isEmpty(): Promise<boolean> {
  return (await database.getTables()).length === 0;
}

export async function load(onStep: OnStep): Promise<void> {
  const rows = toRows(await download(onStep));
  await database.atomic(async (tx) => {
    for (const model of Object.values(MODELS)) await tx(model).createTable();
    const places = rows.states.length + rows.airports.length;
    await tx(State).insertMany(rows.states);
    await tx(Airport).insertMany(rows.airports);
    onStep('States and airports', places, places);
    await inPieces(
      rows.flights,
      (piece) => tx(Flight).insertMany(piece),
      (done, total) => onStep('Flights', done, total),
    );
    await tx(Species).insertMany(rows.species);
    // Their keys were given: a new species gets the one after them.
    await tx(Species).syncSequence();
    await inPieces(
      rows.strikes,
      (piece) => tx(Strike).insertMany(piece),
      (done, total) => onStep('Bird strikes', done, total),
    );
    onStep('Storing', 0, 1);
  });
  onStep('Storing', 1, 1);
}

async function inPieces<R>(
  rows: readonly R[],
  insert: (piece: R[]) => PromiseLike<unknown>,
  onDone: (done: number, total: number) => void,
): Promise<void> {
  const size = 1000;
  for (let at = 0; at < rows.length; at += size) {
    await insert(rows.slice(at, at + size));
    onDone(Math.min(at + size, rows.length), rows.length);
  }
}

async function download(onStep: OnStep): Promise<SourceTexts> {
  const total = Object.values(SOURCES).reduce((sum, source) => sum + source.bytes, 0);
  let done = 0;
  const texts = await Promise.all(
    Object.entries(SOURCES).map(async ([name, { url }]) => {
      const response = await fetch(url);
      if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
      const decoder = new TextDecoder();
      let text = '';
      for await (const bytes of chunks(response.body)) {
        text += decoder.decode(bytes, { stream: true });
        done += bytes.length;
        onStep('Downloading', Math.min(done, total), total);
      }
      return [name, text + decoder.decode()] as const;
    }),
  );
  return Object.fromEntries(texts) as unknown as SourceTexts;
}

// Safari's ReadableStream has no async iterator before version 26.4.
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
