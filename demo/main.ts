/** The playground: opens the database, then shows one screen at a time. */
import { startKeeping } from './app/offline.ts';
import { startCounting } from './app/row-counts.ts';
import { currentWhere, forget, on, use } from './app/session.ts';
import { PLACES, rememberedWhere, SYSTEMS, type Where } from './app/where.ts';
import { acceptDrops } from './parts/drop.ts';
import { el } from './parts/el.ts';
import { type IconName, icon } from './parts/icons.ts';
import { logo } from './parts/logo.ts';
import { segmented } from './parts/segmented.ts';
import { startTheme, themeButton } from './parts/theme.ts';
import { createLoading } from './screens/loading.ts';
import { QueryScreen } from './screens/query.ts';
import { schemaScreen } from './screens/schema.ts';
import { storageScreen } from './screens/storage.ts';
import { takeIn, takeOut } from './screens/transfer.ts';
import { askAfterFailure, askToStartOver } from './screens/trouble.ts';

type ScreenName = 'query' | 'schema' | 'storage';

startTheme();
startCounting();

const swapTo = (change: Partial<Where>): void => void open({ ...currentWhere(), ...change });
const query = new QueryScreen();
const schema = schemaScreen((code) => {
  show('query');
  query.open(code);
});
const storage = storageScreen({
  swap: swapTo,
  importFile: (file) => void bringIn(file),
  exportFile: (kind) => void takeOut(kind),
  startOver: () => void startOver(),
});
const screens: Record<ScreenName, HTMLElement> = { query: query.element, schema: schema.element, storage };
const start = rememberedWhere();
const systems = segmented('Engine', SYSTEMS, start.system, (system) => swapTo({ system }));
const places = segmented('Where the data is kept', PLACES, start.place, (place) => swapTo({ place }));
const main = el('main', { class: 'main' }, ...Object.values(screens).map((element) => el('div', { class: 'screen' }, element)));
const rail = el(
  'nav',
  { class: 'rail', 'aria-label': 'Screens' },
  tab('query', 'Query'),
  tab('schema', 'Schema'),
  tab('storage', 'Storage'),
  el('span', { class: 'spacer' }),
  networkState(),
);

function tab(name: ScreenName, label: string): HTMLElement {
  const glyph: IconName = name;
  return el('button', { 'data-screen': name, onclick: () => show(name) }, icon(glyph, 20), label);
}

function networkState(): HTMLElement {
  const element = el('span', { class: 'net', role: 'status' });
  const draw = (): void => {
    element.textContent = navigator.onLine ? '' : 'offline';
  };
  addEventListener('online', draw);
  addEventListener('offline', draw);
  draw();
  return element;
}

function show(name: ScreenName): void {
  history.replaceState(null, '', name === 'query' ? location.pathname : `#${name}`);
  for (const [i, key] of (Object.keys(screens) as ScreenName[]).entries())
    main.children[i]?.toggleAttribute('hidden', key !== name);
  for (const button of rail.querySelectorAll('button')) {
    if (button.dataset['screen'] === name) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  }
  if (name === 'schema') void schema.refresh();
}

/** Shows which database is open. */
function drawWhere(): void {
  systems.set(currentWhere().system);
  places.set(currentWhere().place);
}

/** Opens a database, and asks the person what to do as long as that fails. */
async function open(first: Where, isStart = false): Promise<void> {
  let where = first;
  for (;;) {
    const loading = createLoading(where);
    try {
      await use(where, loading);
      loading.close();
      return drawWhere();
    } catch (error) {
      loading.close();
      const choice = await askAfterFailure(error, where, !isStart);
      if (choice === 'cancel') return drawWhere();
      if (choice === 'memory') where = { ...where, place: 'memory' };
    }
  }
}

/** Takes a file in, and shows what is in it. */
async function bringIn(file: File): Promise<void> {
  if (await takeIn(file)) show('schema');
}

/** Deletes the open database, once the person agrees, and fills it anew. */
async function startOver(): Promise<void> {
  if (!(await askToStartOver())) return;
  await forget();
  await open(currentWhere(), true);
}

const bar = el(
  'header',
  { class: 'bar' },
  el('a', { class: 'brand', href: './' }, logo(), el('b', {}, 'Waxwing'), el('span', {}, 'playground')),
  systems.element,
  places.element,
  themeButton(),
);
document.querySelector('#app')?.append(el('div', { class: 'frame' }, bar, rail, main));
acceptDrops('Drop a database file to open it here', (file) => void bringIn(file));
on('swapped', drawWhere);

const wanted = location.hash.slice(1);
await open(start, true);
document.documentElement.dataset['ready'] = 'true';
show(wanted === 'schema' || wanted === 'storage' ? wanted : 'query');
// Served from the cache then, so that the next visit needs no network.
await startKeeping();
