/** The files an engine keeps beside a database file, by what it puts behind the name. */
export const SIDE_FILES = ['-wal', '-journal', '-shm'] as const;
