/** Functions of an app's worker, called from its page: typed, with progress and abort, and never left waiting. */
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { connect } from '../../src/bridge/connect.ts';
import { exposeHere, exposeOn } from '../../src/bridge/expose.ts';
import { PROTOCOL } from '../../src/bridge/protocol.ts';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { openShared } from '../../src/bridge/shared-driver.ts';
import type { Connected, Local, Procedures, Remote } from '../../src/bridge/types.ts';
import { ConnectionClosedError, ImproperlyConfigured, IntegrityError, NotSupportedError } from '../../src/errors.ts';
import { options, read, write } from './statements.ts';
import { type Thread, thread } from './thread.ts';
import { openTiny } from './tiny-driver.ts';

const procedures = {
  add: (a: number, b: number) => a + b,
  later: async (text: string) => text.toUpperCase(),
  refuse: () => {
    throw new IntegrityError('twice', { code: 2067, constraint: 'unique', table: 'user', columns: ['name'] });
  },
  work: async (steps: number, onProgress: (done: number, of: number) => void, signal?: AbortSignal) => {
    for (let done = 1; done <= steps; done++) {
      signal?.throwIfAborted();
      onProgress(done, steps);
    }
    return steps;
  },
  untilAborted: (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  never: () => new Promise<string>(() => {}),
  uncloneable: () => () => 1,
};

function start<P extends Procedures>(given: P): { app: Connected<P>; there: Thread } {
  const there = thread((scope) => exposeOn(scope, given, openTiny));
  const app = connect<P>(() => there.worker);
  onTestFinished(() => app[Symbol.asyncDispose]());
  return { app, there };
}

describe('procedures', () => {
  it('answer, as typed as where they were written', async () => {
    const { app } = start(procedures);
    expect(await app.add(1, 2)).toBe(3);
    expect(await app.later('a')).toBe('A');
    expectTypeOf(app.add).toEqualTypeOf<(a: number, b: number) => Promise<number>>();
    expectTypeOf(app.later).toEqualTypeOf<(text: string) => Promise<string>>();
    expectTypeOf<Remote<Local<(a: number) => Promise<string>>>>().toEqualTypeOf<(a: number) => Promise<string>>();
    // @ts-expect-error there is no such procedure
    void app.nothing;
  });

  it('fail with the class and the details of their error, and the lines of who called', async () => {
    const { app } = start(procedures);
    const error = await (async function thePagesFunction() {
      await app.refuse();
    })().catch((caught) => caught);
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code: 2067, table: 'user', columns: ['name'] });
    expect(error.stack).toMatch(/thePagesFunction[\s\S]*\(in the worker\)/);
  });

  it('tell their progress before they answer', async () => {
    const { app } = start(procedures);
    const seen: number[][] = [];
    expect(await app.work(100, (done, of) => seen.push([done, of]))).toBe(100);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => [i + 1, 100]));
  });

  it('are aborted with the reason of the page', async () => {
    const { app } = start(procedures);
    await expect(app.work(3, () => {}, AbortSignal.abort(new IntegrityError('enough')))).rejects.toBeInstanceOf(IntegrityError);
    const controller = new AbortController();
    const waiting = app.untilAborted(controller.signal);
    await app.add(1, 1);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that answer what cannot be sent fail, and do not hang', async () => {
    const { app } = start(procedures);
    await expect(app.uncloneable()).rejects.toThrow();
    await expect(app.later((() => 1) as never)).rejects.toThrow();
  });

  it('fail when their worker dies, at once and later', async () => {
    const { app, there } = start(procedures);
    const waiting = app.never();
    const working = app.untilAborted(new AbortController().signal);
    await app.add(1, 1);
    there.crash();
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(working).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(app.add(1, 1)).rejects.toThrow(/worker is gone/);
  });

  it('are let go of with their worker', async () => {
    const { app, there } = start(procedures);
    await app.add(1, 1);
    await app[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    expect(there.terminated).toBe(true);
    await expect(app.add(1, 1)).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  it('of any other name are refused, prototypes included', async () => {
    const { app } = start(procedures);
    const any = app as unknown as Record<string, () => Promise<unknown>>;
    for (const name of ['missing', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      await expect(any[name]?.()).rejects.toThrow(NotSupportedError);
    }
    expect(await app).toBe(app);
  });

  it('must be functions, and in a worker', () => {
    const scope = new MessageChannel().port1;
    expect(() => exposeOn(scope, { no: 1 as never }, openTiny)).toThrow(ImproperlyConfigured);
    expect(() => exposeOn(scope, { then: () => 1 }, openTiny)).toThrow(/then/);
    expect(() => exposeHere(procedures, openTiny)).toThrow(/dedicated worker/);
  });
});

describe('the control port', () => {
  it.each([
    [
      'a path into a prototype',
      { type: 'APPLY', path: ['hello', 'constructor'], argumentList: [{ type: 'RAW', value: 'globalThis.pwned = 1' }] },
    ],
    ['a property', { type: 'GET', path: ['hello'] }],
    ['a whole', { type: 'GET', path: [] }],
    ['an assignment', { type: 'SET', path: ['hello'], value: { type: 'RAW', value: 1 } }],
    ['a construction', { type: 'CONSTRUCT', path: ['hello'], argumentList: [] }],
    ['an endpoint', { type: 'ENDPOINT' }],
    ['nonsense', 'nonsense'],
  ])('refuses %s', async (_, message) => {
    const there = thread((scope) => exposeOn(scope, procedures, openTiny));
    const { port1, port2 } = new MessageChannel();
    await Promise.resolve();
    const answer = new Promise<{ value: { waxwing: { name: string } } }>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    there.worker.postMessage({ waxwing: 'hello', protocol: PROTOCOL, alive: 'x', control: port2 }, [port2]);
    port1.postMessage(typeof message === 'string' ? message : { id: 'a', ...message });
    expect((await answer).value.waxwing.name).toBe('NotSupportedError');
    expect('pwned' in globalThis).toBe(false);
    there.crash();
    port1.close();
  });
});

describe('a database in the worker of the app', () => {
  it('is one for the page and for the procedures', async () => {
    const here = async (): Promise<Awaited<ReturnType<typeof openShared>>> =>
      openShared({ ...options, name: 'both.db' }, openTiny);
    const inside = {
      count: async () => {
        const driver = await here();
        const [outcome] = await driver.connect().run({ statements: [read('SELECT count(*) FROM t')] });
        await driver.close();
        return outcome?.rows.data[0]?.[0];
      },
    };
    const { app, there } = start(inside);
    const worker = (): Worker => there.worker;
    const page = await openRemote({ ...options, name: 'both.db', worker });
    await page.connect().run({ statements: [write('CREATE TABLE t (a)'), write('INSERT INTO t VALUES (1), (2)')] });
    expect(await app.count()).toBe(2);
    await page.close();
  });

  it('shares the worker, which ends with its last user', async () => {
    const there = thread((scope) => exposeOn(scope, procedures, openTiny));
    const worker = (): Worker => there.worker;
    const app = connect<typeof procedures>(worker);
    const one = await openRemote({ ...options, name: 'one.db', worker });
    const two = await openRemote({ ...options, name: 'two.db', worker });
    await one.close();
    await app[Symbol.asyncDispose]();
    expect(there.terminated).toBe(false);
    expect((await two.connect().run({ statements: [read('SELECT 2')] }))[0]?.rows.data).toEqual([[2]]);
    await two.close();
    expect(there.terminated).toBe(true);
  });
});
