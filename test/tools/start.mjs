/** `npm start`: installs what is missing, serves the playground and says where. */

import { ensurePackages, project } from './setup.mjs';

ensurePackages();
process.chdir(project);
const { createServer } = await import('vite');
const desktop =
  process.platform === 'darwin' || process.platform === 'win32' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const server = await createServer({ server: { open: desktop && Boolean(process.stdout.isTTY) && !process.env.CI } });
await server.listen();
console.log('\nThe Waxwing playground is ready:\n');
server.printUrls();
console.log('\nPress Ctrl+C to stop it.');
