/** Takes IndexedDB away, as some private modes do. */
Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
