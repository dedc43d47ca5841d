/** The first page of a file and of each tree in it. */
import { BTREE_MAGIC, BTREE_VERSION, MetaField, PageField, PageType, putU32 } from '../read/layout.ts';
import type { PageSink } from './page-sink.ts';

export interface MetaPage {
  /** Its own number. */
  readonly page: number;
  /** Page 0: the last page of the file; other meta pages: their own number. */
  readonly last: number;
  readonly root: number;
  /** One of `TreeFlags`. */
  readonly flags: number;
  readonly fileId: Uint8Array;
}

export function writeMetaPage(sink: PageSink, { page, last, root, flags, fileId }: MetaPage): void {
  const bytes = sink.write(page);
  putU32(bytes, PageField.lsn + 4, 1);
  putU32(bytes, PageField.number, page);
  putU32(bytes, MetaField.magic, BTREE_MAGIC);
  putU32(bytes, MetaField.version, BTREE_VERSION);
  putU32(bytes, MetaField.pageSize, sink.pageSize);
  bytes[PageField.type] = PageType.meta;
  putU32(bytes, MetaField.last, last);
  putU32(bytes, MetaField.flags, flags);
  bytes.set(fileId, MetaField.fileId);
  putU32(bytes, MetaField.minKeys, 2);
  putU32(bytes, MetaField.pad, 0x20);
  putU32(bytes, MetaField.root, root);
}
