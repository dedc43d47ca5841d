/** Where new pages go: the pages of a file being written, or of one being changed. */

export interface PageSink {
  readonly pageSize: number;
  /** The number of a page to be used; what is in it does not matter, until it is written. */
  allocate(): number;
  /** The bytes of a page that is written anew, all zero, to be filled. What the page had is left as it was for who still reads it. */
  write(page: number): Uint8Array;
}
