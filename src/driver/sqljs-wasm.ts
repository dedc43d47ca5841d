/** Finds the engine's wasm file: by the address given, by the package's on Node, beside the page's scripts else. */

let address: string | undefined;

/** Says where the engine's wasm file is when a database does not say it itself (`wasmUrl`). An entry or worker calls it once. */
export function setWasmUrl(url: string): void {
  address = url;
}

/** The address in force, when one was set. */
export function wasmUrl(): string | undefined {
  return address;
}
