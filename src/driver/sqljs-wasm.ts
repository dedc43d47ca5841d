/** Fetches and compiles the engine's wasm: from the address given, from the package on Node, beside the scripts else. */
import { EngineLoadError } from '../errors.ts';
import { nodeFs } from '../storage/node-fs.ts';
import { engineAddress } from './sqljs-place.ts';

const FILE = 'sql-wasm.wasm';
const REMEDY = `Set the option wasmUrl to where ${FILE} of the package sql.js is served, or use the Vite plugin waxwing/vite.`;

/**
 * The compiled engine.
 * @throws EngineLoadError that tells what was found in its place and what to do.
 */
export async function compileEngine(url?: string): Promise<WebAssembly.Module> {
  if (url === undefined && isNode()) return compile(readPackage(), FILE);
  const place = url ?? engineAddress();
  if (isNode() && !/^(https?|data|blob):/.test(place)) return compile(readFile(place), place);
  return compileResponse(await request(place), place);
}

async function request(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new EngineLoadError(`The engine could not be fetched from ${url}. ${REMEDY}`, { cause });
  }
  if (response.ok) return response;
  throw new EngineLoadError(`The engine could not be fetched from ${url}: the server answered ${response.status}. ${REMEDY}`);
}

/** Compiles while the bytes arrive where the server says it is wasm; browsers keep the result of that for the next visit. */
async function compileResponse(response: Response, url: string): Promise<WebAssembly.Module> {
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/wasm\b/i.test(type)) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      // Asked for once more to tell what came instead: a copy kept from the first time would cost every start.
      return compile(await bytesOf(await request(url)), url);
    }
  }
  return compile(await bytesOf(response), url, type);
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

async function compile(bytes: Uint8Array<ArrayBuffer>, place: string, type = ''): Promise<WebAssembly.Module> {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw new EngineLoadError(`There is no wasm file at ${place} but ${describe(bytes, type)}. ${REMEDY}`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const refused = /content security policy|unsafe-eval|disallowed by embedder/i.test(String(cause));
    throw new EngineLoadError(
      refused
        ? "This page's Content-Security-Policy refuses WebAssembly. Add 'wasm-unsafe-eval' to its script-src."
        : `The wasm file at ${place} is damaged (${bytes.length} bytes). ${REMEDY}`,
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

function isNode(): boolean {
  return typeof process === 'object' && typeof process.versions?.node === 'string' && typeof location === 'undefined';
}

function readPackage(): Uint8Array<ArrayBuffer> {
  const { createRequire } = process.getBuiltinModule('node:module');
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve(`sql.js/dist/${FILE}`);
  } catch (cause) {
    throw new EngineLoadError('The package sql.js is not installed. Install it beside waxwing: npm install sql.js@1.16.0', {
      cause,
    });
  }
  return readFile(path);
}

function readFile(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(nodeFs().readFileSync(path.startsWith('file:') ? new URL(path) : path));
  } catch (cause) {
    throw new EngineLoadError(`The engine could not be read from ${path}. ${REMEDY}`, { cause });
  }
}
