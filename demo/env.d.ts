/** What Vite adds to the language: imports ending in `?url` and `?raw`, `import.meta.glob`. */
/// <reference types="vite/client" />
