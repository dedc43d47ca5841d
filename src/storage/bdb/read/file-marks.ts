/** What a Berkeley DB file tells about where it comes from, page by page: positions in logs, and the file's id. */
import { FILE_ID_BYTES, MetaField, PageField, PageType, putU32 } from './layout.ts';

/** A new id for a file: Berkeley DB applies the logs of one file to another that has the same. */
export function newFileId(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(FILE_ID_BYTES));
}

/** The id in the first page of a file. */
export function fileIdIn(firstPage: Uint8Array): Uint8Array {
  return firstPage.slice(MetaField.fileId, MetaField.fileId + FILE_ID_BYTES);
}

/** Gives the file that the page belongs to another id. */
export function putFileId(page: Uint8Array, fileId: Uint8Array): void {
  if (page[PageField.type] === PageType.meta) page.set(fileId, MetaField.fileId);
}

/** Lets the page be in no log, whichever wrote it. */
export function forgetLog(page: Uint8Array): void {
  putU32(page, PageField.lsn, 0);
  putU32(page, PageField.lsn + 4, 1);
}
