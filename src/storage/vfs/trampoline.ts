/** Makes JavaScript functions callable from C: one small WebAssembly module, put together here, passes the calls on. */
import type { Instance } from './heap.ts';

/** A signature: the result, then the parameters. `v` nothing, `i` 32 bits, `j` 64 bits (a number here, exact to 53 bits). */
export type Signature = string;

export interface Callback {
  readonly signature: Signature;
  readonly call: (a: number, b: number, c: number, d: number, e: number) => number | undefined;
}

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;

/** Puts the functions into the engine's table and returns the index of each: what C takes for a function pointer. */
export function install<K extends string>(
  instance: Instance,
  callbacks: Readonly<Record<K, Callback>>,
): Readonly<Record<K, number>> {
  const entries = Object.entries<Callback>(callbacks);
  const module = new WebAssembly.Module(encode(entries.map(([, callback]) => callback.signature)));
  const js = Object.fromEntries(entries.map(([, callback], index) => [String(index), callback.call]));
  const { exports } = new WebAssembly.Instance(module, { js });
  const first = instance.table.grow(entries.length);
  return Object.fromEntries(
    entries.map(([name], index) => {
      instance.table.set(first + index, exports[index]);
      return [name, first + index];
    }),
  ) as Record<K, number>;
}

/**
 * A module with, for each signature, an imported function and an exported one that calls it.
 * 64-bit parameters are turned into doubles on the way: a BigInt for every read and write would cost more than the read.
 */
function encode(signatures: readonly Signature[]): Uint8Array<ArrayBuffer> {
  const count = signatures.length;
  const types = signatures.flatMap((signature) => [type(signature, F64), type(signature, I64)]);
  const imports = signatures.map((_, index) => [...name('js'), ...name(String(index)), 0x00, ...leb(2 * index)]);
  const functions = signatures.map((_, index) => leb(2 * index + 1));
  const exports = signatures.map((_, index) => [...name(String(index)), 0x00, ...leb(count + index)]);
  const bodies = signatures.map((signature, index) => body(signature, index));
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(1, types),
    ...section(2, imports),
    ...section(3, functions),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function type(signature: Signature, long: number): number[] {
  const params = Array.from(signature.slice(1), (letter) => (letter === 'j' ? long : I32));
  return [0x60, ...leb(params.length), ...params, ...(signature.startsWith('v') ? [0] : [1, I32])];
}

/** local.get of each parameter, f64.convert_i64_s where it is long, call, end. */
function body(signature: Signature, index: number): number[] {
  const gets = Array.from(signature.slice(1), (letter, local) => [0x20, local, ...(letter === 'j' ? [0xb9] : [])]).flat();
  const code = [0x00, ...gets, 0x10, ...leb(index), 0x0b];
  return [...leb(code.length), ...code];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = [...leb(items.length), ...items.flat()];
  return [id, ...leb(content.length), ...content];
}

function name(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [...leb(bytes.length), ...bytes];
}

/** An unsigned number in the variable-length form WebAssembly uses. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
