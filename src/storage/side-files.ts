/** The files an engine keeps beside a database file, by what it puts behind the name. */
export const SIDE_FILES = ['-wal', '-journal', '-shm'] as const;

export type SideFile = (typeof SIDE_FILES)[number];

/** What stands behind the database's own name in `name`, or '' for the database itself. */
export function sideOf(name: string): SideFile | '' {
  return SIDE_FILES.find((suffix) => name.endsWith(suffix)) ?? '';
}
