/** A Chromium on a profile of its own, driven over a pipe, whose processes all die by one signal. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { chromium } from '@playwright/test';
import { chromiumLaunch } from '../tools/chromium.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly payload?: string };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

type Listener = (message: Message) => void;

/** What the page calls `globalThis[name](text)`, by name. */
export type Bindings = Readonly<Record<string, (text: string) => void>>;

export class DoomedBrowser {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #listeners = new Set<Listener>();
  #sent = 0;
  #session: string | undefined;

  /** Playwright cannot be told to keep a profile and tell the process too; the protocol itself takes few lines. */
  constructor(profile: string) {
    const path = chromiumLaunch.executablePath ?? chromium.executablePath();
    const args = [
      ...chromiumLaunch.args,
      '--headless=new',
      '--remote-debugging-pipe',
      '--no-default-browser-check',
      '--hide-crash-restore-bubble',
      `--user-data-dir=${profile}`,
      'about:blank',
    ];
    this.#process = spawn(path, args, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#listen(this.#process.stdio[4] as Readable);
    // Writing to a browser that was just killed is no news.
    (this.#process.stdio[3] as Writable).on('error', () => {});
  }

  /** Opens a page, with functions of ours in it, and waits until it has loaded. */
  async open(url: string, bindings: Bindings = {}): Promise<void> {
    const { targetId } = await this.#send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    this.#session = (await this.#send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await this.#send('Page.enable');
    await this.#send('Runtime.enable');
    for (const name of Object.keys(bindings)) await this.#send('Runtime.addBinding', { name });
    this.#listeners.add(({ method, params }) => {
      if (method === 'Runtime.bindingCalled') bindings[params?.name ?? '']?.(params?.payload ?? '');
    });
    const loaded = this.#once('Page.loadEventFired');
    await this.#send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page, once it is there. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? 'The page threw something.');
    return result.value;
  }

  /**
   * All its processes at once, with no time to finish anything. Resolves when the last of them is gone: on a busy machine
   * the one that keeps IndexedDB may outlive the first by a moment, and two browsers must not share a profile.
   */
  async kill(): Promise<void> {
    const group = this.#process.pid ?? Number.NaN;
    process.kill(-group, 'SIGKILL');
    await this.#exited;
    while (isAlive(group)) await new Promise((resolve) => setImmediate(resolve));
  }

  #send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#sent;
    const answer = new Promise<T>((resolve, reject) => {
      const listener: Listener = (message) => {
        if (message.id !== id) return;
        this.#listeners.delete(listener);
        if (message.error === undefined) resolve(message.result as T);
        else reject(new Error(`${method}: ${message.error.message}`));
      };
      this.#listeners.add(listener);
    });
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return answer;
  }

  #once(method: string): Promise<void> {
    return new Promise((resolve) => {
      const listener: Listener = (message) => {
        if (message.method !== method) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  #listen(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const message = JSON.parse(part) as Message;
        for (const listener of [...this.#listeners]) listener(message);
      }
    });
  }
}

/** Whether a process of the group still runs; dead ones that nobody has asked for do not count. */
function isAlive(group: number): boolean {
  return states().some(([pgid, state]) => pgid === group && state !== 'Z');
}

/** Group and state of every process. */
function states(): [group: number, state: string][] {
  if (!existsSync('/proc/self/stat')) {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' });
    return stdout.split('\n').map((line) => [Number.parseInt(line, 10), line.trim().split(/\s+/)[1]?.[0] ?? 'Z']);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        // "pid (name) state parent group …", and a name may hold anything.
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state = 'Z', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        // The first of its threads may be gone while others still finish what they were writing.
        return [Number(group), state === 'Z' && readdirSync(`/proc/${pid}/task`).length > 1 ? 'R' : state];
      } catch {
        return [Number.NaN, 'Z'];
      }
    });
}
