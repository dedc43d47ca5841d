#!/usr/bin/env node
/** `npx waxwing`: what can be done with database files on the command line. */
import { parseArgs } from 'node:util';
import { WaxwingError } from '../errors.ts';
import { convert } from './convert.ts';

const USAGE = `Usage: npx waxwing berkeley IN OUT [--page-size BYTES] [--force] [--quiet]

Reads a file of Berkeley DB SQL and writes a SQLite file, or the other way round: IN says by itself what it is.

  --page-size BYTES  pages of a file of Berkeley DB: 512, 1024, … 32768; 4096 unless told
  --force            replaces OUT where there is one
  --quiet            tells nothing of its progress
  --help             shows this`;

const OPTIONS = {
  'page-size': { type: 'string' },
  force: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Codes by which shells know how it went. */
const FAILED = 1;
const MISUSED = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = understood(args);
  if (asked === null) {
    console.error(USAGE);
    return MISUSED;
  }
  const { values, positionals } = asked;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [command, from, to, ...more] = positionals;
  if (command !== 'berkeley' || from === undefined || to === undefined || more.length > 0) {
    console.error(USAGE);
    return MISUSED;
  }
  try {
    const pageSize = values['page-size'] === undefined ? undefined : Number(values['page-size']);
    await convert({ from, to, pageSize, force: values.force ?? false, quiet: values.quiet ?? false });
    return 0;
  } catch (error) {
    if (!(error instanceof WaxwingError)) throw error;
    console.error(`waxwing: ${error.message}`);
    return FAILED;
  }
}

function understood(args: readonly string[]): ReturnType<typeof parse> | null {
  try {
    return parse(args);
  } catch (error) {
    console.error(`waxwing: ${(error as Error).message}`);
    return null;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}
