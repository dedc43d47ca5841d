/** The playground: opens the database, then shows one screen at a time. */
import { startCounting } from './app/row-counts.ts';
import { currentPlace, on, PLACES, type Place, rememberedPlace, use } from './app/session.ts';
import { acceptDrops } from './parts/drop.ts';
import { el } from './parts/el.ts';
import { type IconName, icon } from './parts/icons.ts';
import { logo } from './parts/logo.ts';
import { segmented } from './parts/segmented.ts';
import { startTheme, themeButton } from './parts/theme.ts';
import { openLoading } from './screens/loading.ts';
import { QueryScreen } from './screens/query.ts';
import { schemaScreen } from './screens/schema.ts';
import { storageScreen } from './screens/storage.ts';
import { takeIn, takeOut } from './screens/transfer.ts';
import { askAfterFailure } from './screens/trouble.ts';

type ScreenName = 'query' | 'schema' | 'storage';

startTheme();
startCounting();

const swapTo = (place: Place): void => void open(place);
const query = new QueryScreen();
const schema = schemaScreen((code) => {
  show('query');
  query.open(code);
});
const storage = storageScreen({ swap: swapTo, importFile: (file) => void takeIn(file), exportFile: () => void takeOut() });
const screens: Record<ScreenName, HTMLElement> = { query: query.element, schema: schema.element, storage };
const places = segmented('Where the data is kept', PLACES, rememberedPlace(), swapTo);
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

/** Opens a place, and asks the person what to do as long as that fails. */
async function open(first: Place, isStart = false): Promise<void> {
  let place = first;
  for (;;) {
    const loading: { veil: ReturnType<typeof openLoading> | null } = { veil: null };
    try {
      await use(
        place,
        (...step) => loading.veil?.onStep(...step),
        () => {
          loading.veil = openLoading(place);
        },
      );
      loading.veil?.veil.close();
      places.set(currentPlace());
      return;
    } catch (error) {
      loading.veil?.veil.close();
      const choice = await askAfterFailure(error, place, !isStart);
      if (choice === 'cancel') return places.set(currentPlace());
      if (choice === 'memory') place = 'memory';
    }
  }
}

const bar = el(
  'header',
  { class: 'bar' },
  el('a', { class: 'brand', href: './' }, logo(), el('b', {}, 'Waxwing'), el('span', {}, 'playground')),
  places.element,
  themeButton(),
);
document.querySelector('#app')?.append(el('div', { class: 'frame' }, bar, rail, main));
acceptDrops('Drop a SQLite file to open it here', (file) => void takeIn(file));
on('swapped', () => places.set(currentPlace()));

const wanted = location.hash.slice(1);
await open(rememberedPlace(), true);
document.documentElement.dataset['ready'] = 'true';
show(wanted === 'schema' || wanted === 'storage' ? wanted : 'query');
// Built once and then served from the cache, so that the next visit needs no network.
if (import.meta.env.PROD && 'serviceWorker' in navigator) await navigator.serviceWorker.register('./sw.js');
