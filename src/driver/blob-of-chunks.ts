/** Makes a Blob of a file in memory without having all of it in memory twice. */
import type { MemoryFile } from '../storage/volume.ts';

/** The file is empty afterwards: each of its chunks is let go of as soon as the Blob has it. */
export function blobOfChunks(file: MemoryFile, type: string): Blob {
  const parts: Blob[] = [];
  for (const chunk of file.drain()) parts.push(new Blob([chunk]));
  return new Blob(parts, { type });
}
