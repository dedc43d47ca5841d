/** The directory that Berkeley DB keeps beside a file on Node: logs, and a register of who has the file open. */
import { CorruptDatabaseError, DatabaseInUseError } from '../../../errors.ts';
import { type Fs, nodeFs, wholePath } from '../../node-fs.ts';
import { REDO } from './node-journaled.ts';

/** A line of the register, which has 25 bytes: a process right-aligned, or this letter when it has closed the file. */
const CLOSED = 'X';
/** A journal of ours that has no more bytes holds no commit. */
const NO_RECORDS = 1024;

/**
 * Whether there is such a directory. Its logs are for the file with the id that it has.
 * @throws DatabaseInUseError when another program has the file open by it.
 * @throws CorruptDatabaseError when one had, and died: what it committed last may be in the logs alone. Likewise when one was at
 * the file after a process of ours had been killed, and before ours had what it needs to put the file in order.
 */
export function hasEnvironment(name: string): boolean {
  const fs = nodeFs();
  const path = wholePath(fs, name);
  const directory = `${path}-journal`;
  if (!fs.existsSync(directory)) return false;
  for (const pid of registered(fs, `${directory}/__db.register`)) {
    if (!isAlive(pid)) throw notClosed(name, pid);
    throw new DatabaseInUseError(`"${name}" is open in process ${pid}, a program of Berkeley DB. Close it there.`, {
      database: name,
    });
  }
  const redo = fs.statSync(path + REDO, { throwIfNoEntry: false });
  if (redo !== undefined && redo.size > NO_RECORDS && redo.mtimeMs < latestChange(fs, directory)) throw overtaken(name);
  return true;
}

function latestChange(fs: Fs, directory: string): number {
  const paths = [directory, ...fs.readdirSync(directory).map((file) => `${directory}/${file}`)];
  return Math.max(...paths.map((path) => fs.statSync(path).mtimeMs));
}

function registered(fs: Fs, path: string): number[] {
  if (!fs.existsSync(path)) return [];
  const lines = fs.readFileSync(path, 'latin1').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith(CLOSED)).map((line) => Number.parseInt(line, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but is not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function notClosed(name: string, pid: number): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `"${name}" was open in process ${pid}, a program of Berkeley DB, when that ended: the latest changes may be only in the logs of the ` +
      `directory "${name}-journal". Run "echo .tables | db5.3_sql ${name}", which brings them into the file, and open it again.`,
    { database: name },
  );
}

/** Our journal would be written over what the other program has written since. */
function overtaken(name: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `A program of Berkeley DB had "${name}" open after Waxwing was killed while it wrote there, and before Waxwing put it in order. The last ` +
      `commits of Waxwing are in "${name}${REDO}". Keep copies of both; delete "${name}${REDO}" to go on with the file as that program left it.`,
    { database: name },
  );
}
