/** The driver of Berkeley databases: sql.js on SQLite pages that the storage keeps as a file of Berkeley DB. */
import { AbortedError, CorruptDatabaseError, NotSupportedError, WaxwingError } from '../errors.ts';
import type { BerkeleyBackend, BerkeleyCopy } from '../storage/bdb/berkeley-backend.ts';
import { BERKELEY_TYPE, convertFile } from './berkeley-convert.ts';
import { BerkeleyHandle, fillIndexes, schemaError } from './berkeley-handle.ts';
import { checkBerkeleyImport } from './berkeley-import.ts';
import type { ExportOptions, TransferOptions } from './driver.ts';
import { SqlJsDriver } from './sqljs.ts';
import { Handle } from './sqljs-handle.ts';
import { lookAt } from './sqljs-import.ts';

/** One opened Berkeley database. */
export class BerkeleyDriver extends SqlJsDriver<BerkeleyBackend> {
  override async exportFile({ as, of, ...options }: ExportOptions = {}): Promise<Blob> {
    const { name: database, pageSize } = this.options;
    if (of !== undefined) return convertFile(this.engine, of, as, { ...options, database, pageSize });
    if (as === 'sqlite') return super.exportFile(options);
    await this.afterImports();
    return collected(await this.backend.copy(), options);
  }

  protected override handle(path: string): Handle {
    return Handle.prepare(new BerkeleyHandle(this.engine, path), this.options.setup);
  }

  /** The stored file has indexes in an order of its own: the engine makes its own. */
  protected override begin(): void {
    const { name } = this.options;
    try {
      this.backend.fillIndexes((file) => lookAt(this.engine, file, (handle) => fillIndexes(handle, name)));
    } catch (error) {
      throw error instanceof WaxwingError && !(error instanceof NotSupportedError) ? damaged(name, error) : error;
    }
    try {
      super.begin();
    } catch (error) {
      throw schemaError(error, name);
    }
    this.backend.ready();
  }

  protected override async replace(file: Blob, options: TransferOptions): Promise<void> {
    const { name: database, pageSize } = this.options;
    const { onProgress, signal } = options;
    const sound = await checkBerkeleyImport(this.engine, file, { ...options, database, pageSize });
    const storing = {
      signal,
      onProgress: onProgress && ((done: number, total: number | null) => onProgress(done, total, 'store')),
    };
    await this.replaceBy(signal, () => this.backend.replaceBy(sound, storing));
    try {
      this.begin();
    } catch (error) {
      // The file is stored, and what is in memory is not all of it: a commit now would be acknowledged and lost.
      this.abandon();
      throw error;
    }
  }
}

async function collected({ bytes, pieces }: BerkeleyCopy, { onProgress, signal }: TransferOptions): Promise<Blob> {
  const all: Blob[] = [];
  let done = 0;
  for await (const piece of pieces) {
    if (signal?.aborted) throw new AbortedError('The export was aborted.', { cause: signal.reason });
    all.push(new Blob([piece]));
    done += piece.length;
    onProgress?.(done, bytes);
  }
  return new Blob(all, { type: BERKELEY_TYPE });
}

/** Two rows that a unique index holds to be one, say. */
function damaged(database: string, cause: WaxwingError): CorruptDatabaseError {
  return new CorruptDatabaseError(`The indexes of "${database}" do not fit its rows: ${cause.message}.`, {
    code: cause.code,
    database,
    cause,
  });
}
