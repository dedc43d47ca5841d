/** Asks Berkeley DB's own programs about the files that a kill left. */
import { hasJudges, judge } from '../../tools/berkeley.ts';
import type { Verdict } from '../pages/kill/job.ts';

/** What is wrong with a file, or with the transactions in it; '' when nothing is, and where the programs are not installed. */
export async function judgeFiles({ files = [], last }: Verdict): Promise<string> {
  for (const [index, text] of hasJudges ? files.entries() : []) {
    const bytes = new Uint8Array(Buffer.from(text, 'base64'));
    // Killed before anything was stored.
    if (bytes.length === 0 && last === 0) continue;
    const what = index === 0 ? 'the exported file' : 'the stored file';
    try {
      const complaint = await judge.verify(bytes);
      if (complaint !== undefined) return `${what}: ${complaint}`;
      if (last === 0) continue;
      const { lines } = await judge.sql(bytes, ['select n from tally', 'select count(*) from done']);
      if (lines.some((line) => Number(line) !== last)) return `${what} has ${lines.join(' and ')} transactions of ${last}`;
    } catch (error) {
      return `${what}: ${(error as Error).message}`;
    }
  }
  return '';
}
