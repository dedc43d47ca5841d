/** The first hundred bytes of a SQLite file: page size, text encoding, and the words that `metadb` keeps in a Berkeley DB file. */
export const HEADER_SIZE = 100;
