/** What only Postgres says to a page: types of columns, booleans, notifications, steps of an opening. */
import { describe, expect, it } from 'vitest';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { serve } from '../../src/bridge/serve.ts';
import type { Notification, OpenOptions } from '../../src/driver/driver.ts';
import type { Rows } from '../../src/wire/statement.ts';
import { openThere } from './open.ts';
import { options, read } from './statements.ts';
import { thread } from './thread.ts';
import { openTiny } from './tiny-driver.ts';

const one: Rows = { names: ['ok', 'at'], types: [16, 1114], length: 1, data: [[true], ['2024-01-01 00:00:00']] };
const many: Rows = {
  names: ['ok', 'n'],
  types: [16, 20],
  length: 3,
  data: [[true, false, null], new Float64Array([1, 2, 3])],
};

describe('columns', () => {
  it('keep their types and their booleans, in one row, in many, and in slices', async () => {
    const { driver, engine } = await openThere();
    const connection = driver.connect();
    for (const answer of [one, many, one]) {
      engine.answer = answer;
      expect((await connection.run({ statements: [read('SELECT 1')] }))[0]?.rows).toEqual(answer);
      const slices: Rows[] = [];
      await connection.run({ statements: [read('SELECT 2')] }, (_, rows) => void slices.push(rows));
      expect(slices.map(({ types }) => types)).toEqual([answer.types].slice(0, slices.length));
    }
  });

  it('tell new types when the same text gives others under the same names', async () => {
    const { driver, engine } = await openThere();
    const connection = driver.connect();
    const types = async (): Promise<unknown> => (await connection.run({ statements: [read('SELECT 1')] }))[0]?.rows.types;
    engine.answer = one;
    expect(await types()).toEqual([16, 1114]);
    expect(await types()).toEqual([16, 1114]);
    engine.answer = { ...one, types: [16, 1184] };
    expect(await types()).toEqual([16, 1184]);
    engine.answer = { names: one.names, length: 0, data: [[], []] };
    expect(await types()).toBeUndefined();
  });

  it('carry booleans to the engine', async () => {
    const { driver, engine } = await openThere();
    engine.answer = one;
    await driver.connect().run({ statements: [read('SELECT $1, $2', true, null)] });
    expect(engine.given).toMatchObject([{ params: [true, null] }]);
    await driver.connect().run({ statements: [{ ...read('SELECT $1'), many: { length: 2, data: [[true, false]] } }] });
    expect(engine.given).toMatchObject([{ many: { length: 2, data: [[true, false]] } }]);
  });
});

describe('a notification', () => {
  it('reaches whoever listens, in order, also while statements run', async () => {
    const { driver, engine } = await openThere();
    const heard: Notification[] = [];
    driver.on('notification', (notification) => heard.push(notification));
    const running = driver.connect().run({ statements: [read('SELECT 1')] });
    engine.events.emit('notification', { channel: 'jobs', payload: '1' });
    engine.events.emit('notification', { channel: 'Ünïcode "q"', payload: '' });
    await running;
    // An answer comes after what was said before it.
    await driver.connect().run({ statements: [read('SELECT 1')] });
    expect(heard).toEqual([
      { channel: 'jobs', payload: '1' },
      { channel: 'Ünïcode "q"', payload: '' },
    ]);
  });
});

describe('an opening', () => {
  it('tells the worker which system is meant, and the page which step is taken', async () => {
    let given: OpenOptions | undefined;
    const there = thread((scope) =>
      serve(scope, async (wire) => {
        given = wire;
        wire.onProgress?.(1, 3, 'initdb');
        wire.onProgress?.(2, null, 'recovery');
        return openTiny(wire);
      }),
    );
    const steps: unknown[] = [];
    const driver = await openRemote({
      ...options,
      system: 'postgresql',
      extensions: ['hstore'],
      worker: () => there.worker,
      onProgress: (...step) => steps.push(step),
    });
    expect(given).toMatchObject({ system: 'postgresql', extensions: ['hstore'] });
    expect(steps).toEqual([
      [1, 3, 'initdb'],
      [2, null, 'recovery'],
    ]);
    await driver.close();
  });
});
