/** SQLite: its settings, its file, its plans. Where the engine comes from is for the entry to say. */
import type { Dialect } from '../dialect/dialect.ts';
import { sqlite } from '../dialect/sqlite/dialect.ts';
import { isOfConnection, type Pragmas, type PragmaValue, pragma } from '../dialect/sqlite/pragma.ts';
import type { Driver, OpenOptions } from '../driver/driver.ts';
import { NotSupportedError } from '../errors.ts';
import type { DriverValue, Statement } from '../wire/statement.ts';
import { type PlanStep, planOf } from './plan.ts';
import { type Explainable, StoredDatabase, type StoredOptions } from './stored.ts';

/** Options of a SQLite database. */
export interface SqliteOptions extends StoredOptions {
  /** SQLite's settings, in force on every connection. `foreignKeys` is on unless told, other than in peewee. */
  readonly pragmas?: Pragmas;
}

type Setting = readonly [name: string, value: PragmaValue];

/** A SQLite database, whatever runs it. */
export abstract class Sqlite<O extends SqliteOptions = SqliteOptions> extends StoredDatabase<O> {
  /** That of SQLite. */
  readonly dialect: Dialect = sqlite;

  constructor(name: string | null, options: O = {} as O) {
    super(name, options);
  }

  /** Opens the engine here or elsewhere. */
  protected abstract openDriver(options: OpenOptions): Promise<Driver>;

  protected override async open(name: string, options: O): Promise<Driver> {
    const all = Object.entries({ foreignKeys: true, ...this.settingsOf(options) }) as [string, PragmaValue | undefined][];
    const settings = all.filter((setting): setting is [string, PragmaValue] => setting[1] !== undefined);
    const setup = settings.filter(([key]) => isOfConnection(key)).map(([key, value]) => pragma(key, value).sql);
    const driver = await this.openDriver(this.openOptions(name, options, setup));
    try {
      await keepInFile(
        driver,
        settings.filter(([key]) => !isOfConnection(key)),
      );
      return driver;
    } catch (error) {
      await driver.close().catch(() => {});
      throw error;
    }
  }

  /** SQLite's settings as the options say them. */
  protected settingsOf({ pragmas }: O): Pragmas | undefined {
    return pragmas;
  }

  protected override deferKeys(): readonly Statement[] {
    return [pragma('deferForeignKeys', true)];
  }

  /**
   * Asks for one of SQLite's settings, or sets it for all connections: `await db.pragma('userVersion')`, `await db.pragma('cacheSize', -8000)`.
   * @throws NotSupportedError for a setting that the engine decides here, with the reason.
   */
  async pragma(name: string, value?: PragmaValue): Promise<DriverValue> {
    const rows = await this.set(name, pragma(name, value), value !== undefined && isOfConnection(name));
    return rows.data[0]?.[0] ?? null;
  }

  /** Pages kept in memory when positive, KiB when negative. */
  async cacheSize(value?: number): Promise<number> {
    return this.#number('cacheSize', value);
  }

  /** Whether foreign keys are enforced. */
  async foreignKeys(value?: boolean): Promise<boolean> {
    return (await this.#number('foreignKeys', value)) === 1;
  }

  /** How the file is written: "wal". */
  async journalMode(): Promise<string> {
    return String(await this.pragma('journalMode'));
  }

  /** Bytes of a page of the file. */
  async pageSize(): Promise<number> {
    return this.#number('pageSize');
  }

  /** A number of the application's own, kept in the file. */
  async userVersion(value?: number): Promise<number> {
    return this.#number('userVersion', value);
  }

  /** What kind of file this is, kept in the file. */
  async applicationId(value?: number): Promise<number> {
    return this.#number('applicationId', value);
  }

  /** Another number whenever another connection has changed the data. */
  async dataVersion(): Promise<number> {
    return this.#number('dataVersion');
  }

  /** Not possible here; peewee: `attach`. @throws NotSupportedError always, saying why and what to do instead */
  async attach(file: string, name: string): Promise<never> {
    throw new NotSupportedError(
      `Attaching "${file}" as "${name}" is not possible: SQLite attaches to one connection, and here every transaction has its own. ` +
        'Open it as a database of its own, or copy its tables.',
      { database: this.name },
    );
  }

  /** How SQLite would run a query, or SQL text with its params, as a tree of steps. */
  async explain(query: Explainable, params: readonly unknown[] = []): Promise<PlanStep[]> {
    return planOf(await this.explained(query, params));
  }

  async #number(name: string, value?: number | boolean): Promise<number> {
    const answer = await this.pragma(name, value);
    return Number(value === undefined ? answer : value);
  }
}

/** Sets what is kept in the file, where the file has another value. */
async function keepInFile(driver: Driver, settings: readonly Setting[]): Promise<void> {
  if (settings.length === 0) return;
  const connection = driver.connect({ label: 'opening' });
  const outcomes = await connection.run({ statements: settings.map(([key]) => pragma(key)) });
  const other = settings.filter(([, value], at) => Number(outcomes[at]?.rows.data[0]?.[0]) !== Number(value));
  if (other.length > 0) await connection.run({ statements: other.map(([key, value]) => pragma(key, value)) });
  await connection.close();
}
