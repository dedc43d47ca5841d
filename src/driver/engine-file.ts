/** Fetches the files of an engine and compiles its wasm; what is wrong with them is told, and what to do. */
import { EngineLoadError } from '../errors.ts';
import { nodeFs } from '../storage/node-fs.ts';

/** Where a file is: an address or, on Node, a path. */
export interface EngineFile {
  readonly place: string;
  /** What to do when the file cannot be had. */
  readonly remedy: string;
}

/**
 * The compiled wasm.
 * @throws EngineLoadError that tells what was found in its place and what to do.
 */
export async function compileFile(file: EngineFile): Promise<WebAssembly.Module> {
  if (isLocal(file.place)) return compile(readLocal(file), file);
  return compileResponse(await request(file), file);
}

/**
 * The bytes of a file.
 * @throws EngineLoadError
 */
export async function readEngineFile(file: EngineFile): Promise<Uint8Array<ArrayBuffer>> {
  return isLocal(file.place) ? readLocal(file) : bytesOf(await request(file));
}

/**
 * The path of a file of an installed package, on Node.
 * @throws EngineLoadError when the package is not installed; `remedy` says so.
 */
export function packagedFile(specifier: string, remedy: string): string {
  const { createRequire } = process.getBuiltinModule('node:module');
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch (cause) {
    throw new EngineLoadError(remedy, { cause });
  }
}

export function isNode(): boolean {
  return typeof process === 'object' && typeof process.versions?.node === 'string' && typeof location === 'undefined';
}

function isLocal(place: string): boolean {
  return isNode() && !/^(https?|data|blob):/.test(place);
}

async function request({ place, remedy }: EngineFile): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(place);
  } catch (cause) {
    const why = "Is the server there, and does a Content-Security-Policy allow it (connect-src 'self')?";
    throw new EngineLoadError(`The engine could not be fetched from ${place}. ${why} ${remedy}`, { cause });
  }
  if (response.ok) return response;
  throw new EngineLoadError(`The engine could not be fetched from ${place}: the server answered ${response.status}. ${remedy}`);
}

/** Compiles while the bytes arrive where the server says it is wasm; browsers keep the result of that for the next visit. */
async function compileResponse(response: Response, file: EngineFile): Promise<WebAssembly.Module> {
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/wasm\b/i.test(type)) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      // Asked for once more to tell what came instead: a copy kept from the first time would cost every start.
      return compile(await bytesOf(await request(file)), file);
    }
  }
  return compile(await bytesOf(response), file, type);
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

async function compile(bytes: Uint8Array<ArrayBuffer>, { place, remedy }: EngineFile, type = ''): Promise<WebAssembly.Module> {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw new EngineLoadError(`There is no wasm file at ${place} but ${describe(bytes, type)}. ${remedy}`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const refused = /content security policy|unsafe-eval|disallowed by embedder/i.test(String(cause));
    throw new EngineLoadError(
      refused
        ? "This page's Content-Security-Policy refuses WebAssembly. Add 'wasm-unsafe-eval' to its script-src."
        : `The wasm file at ${place} is damaged (${bytes.length} bytes). ${remedy}`,
      { cause },
    );
  }
}

function describe(bytes: Uint8Array, type: string): string {
  const start = new TextDecoder().decode(bytes.subarray(0, 200)).trimStart();
  if (bytes.length === 0) return 'an empty file';
  if (start.startsWith('<')) return 'an HTML page (servers often answer so for files they do not have)';
  return `something else${type === '' ? '' : ` of type ${type}`} (${bytes.length} bytes)`;
}

function readLocal({ place, remedy }: EngineFile): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(nodeFs().readFileSync(place.startsWith('file:') ? new URL(place) : place));
  } catch (cause) {
    throw new EngineLoadError(`The engine could not be read from ${place}. ${remedy}`, { cause });
  }
}
