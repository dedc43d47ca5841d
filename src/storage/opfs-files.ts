/** The files of one database in the origin private file system, all open for this thread alone, or none of them. */
import { openDirectory, openHandle, refused } from './opfs-directory.ts';
import { OpfsFile } from './opfs-file.ts';

export interface OpfsFiles {
  /** In the order of their names. */
  readonly files: readonly OpfsFile[];
  close(): void;
}

/** Opens the files with these names of the database `name` below `root`; makes those that are not there. */
export async function openOpfsFiles(root: string, name: string, names: readonly string[]): Promise<OpfsFiles> {
  const directory = await openDirectory(root, name);
  const opened = await Promise.allSettled(names.map((file) => openHandle(directory, file)));
  const files = opened.flatMap((result) => (result.status === 'fulfilled' ? new OpfsFile(result.value, name) : []));
  const close = (): void => {
    for (const file of files) file.end();
  };
  const failed = opened.find((result) => result.status === 'rejected');
  if (failed === undefined) return { files, close };
  close();
  throw refused(failed.reason, name);
}
