/** A query plan as a picture: steps from the top down, one inside the other, those that read whole tables standing out. */

import type { PlanStep } from 'waxwing/sqlite';
import { el, svg } from './el.ts';
import type { RowsOf } from './plan-card.ts';
import { type CardTree, planTree } from './plan-tree.ts';

const HEIGHT = 58;
const SPACE = 14;
const INDENT = 30;
const WIDTH = 520;
/** Letters smaller than this cannot be read: a narrow frame scrolls instead. */
const SMALLEST = 0.8;
/** Letters. */
const FITTING = 66;

interface Placed {
  readonly step: CardTree;
  readonly x: number;
  readonly y: number;
  readonly parent: Placed | null;
}

export function createPlan(plan: readonly PlanStep[], rowsOf: RowsOf): HTMLElement {
  const placed: Placed[] = [];
  const place = (steps: readonly CardTree[], depth: number, parent: Placed | null): void => {
    for (const step of steps) {
      const at = { step, x: depth * INDENT, y: placed.length * (HEIGHT + SPACE), parent };
      placed.push(at);
      place(step.children, depth + 1, at);
    }
  };
  const root = {
    kind: 'query',
    verb: 'RESULT',
    object: '',
    detail: '',
    hint: '',
    rows: null,
    children: planTree(plan, rowsOf),
  } as const;
  place([root], 0, null);
  const most = Math.max(1, ...placed.map(({ step }) => step.rows ?? 0));
  const width = Math.max(...placed.map(({ x }) => x)) + WIDTH;
  const height = placed.length * (HEIGHT + SPACE);
  const words = placed
    .slice(1)
    .map(({ step }) => `${step.verb} ${step.object} ${step.hint}`)
    .join('; ');
  const picture = svg(
    'svg',
    {
      class: 'plan',
      viewBox: `-2 18 ${width + 4} ${height - 20}`,
      width,
      height: height - 20,
      role: 'img',
      'aria-label': `Query plan: ${words}`,
    },
    ...placed.filter(({ parent }) => parent).map(line),
    ...placed.map((at) => card(at, most)),
  );
  picture.style.minWidth = `${width * SMALLEST}px`;
  return el('div', { class: 'plan-frame', tabindex: 0, role: 'region', 'aria-label': 'Query plan' }, picture, legend());
}

function line({ x, y, parent }: Placed): SVGElement {
  const from = { x: (parent?.x ?? 0) + 14, y: (parent?.y ?? 0) + HEIGHT };
  const middle = y + HEIGHT / 2;
  return svg('path', {
    class: 'plan-line',
    d: `M${from.x} ${from.y}V${middle - 8}Q${from.x} ${middle} ${from.x + 8} ${middle}H${x}`,
  });
}

function card({ step, x, y }: Placed, most: number): SVGElement {
  const root = step.verb === 'RESULT';
  const bar =
    step.rows === null
      ? null
      : svg('rect', {
          class: 'plan-bar',
          x: 14,
          y: HEIGHT - 9,
          width: Math.max(4, (step.rows / most) * (WIDTH - 28)),
          height: 4,
          rx: 2,
        });
  const verbWidth = step.verb.length * 8.6 + 16;
  return svg(
    'g',
    { class: `plan-step ${step.kind}${root ? ' root' : ''}`, transform: `translate(${x} ${y})` },
    svg('rect', { class: 'plan-card', y: root ? 20 : 0, width: root ? 92 : WIDTH, height: root ? HEIGHT - 20 : HEIGHT, rx: 9 }),
    svg('rect', { class: 'plan-verb', x: 12, y: root ? 30 : 10, width: verbWidth, height: 19, rx: 5 }),
    svg('text', { class: 'plan-verb-text', x: 12 + verbWidth / 2, y: root ? 44 : 24, 'text-anchor': 'middle' }, step.verb),
    svg('text', { class: 'plan-object', x: 20 + verbWidth, y: 24.5 }, step.object),
    svg('text', { class: 'plan-hint', x: WIDTH - 14, y: 24.5, 'text-anchor': 'end' }, step.hint),
    svg('text', { class: 'plan-detail', x: 14, y: bar ? 43 : 46 }, root ? '' : fitting(step.detail) || (bar ? '' : step.hint)),
    step.detail.length > FITTING ? svg('title', {}, step.detail) : null,
    bar,
  );
}

/** As much of a text as a card has room for; all of it is its title. */
function fitting(text: string): string {
  return text.length > FITTING ? `${text.slice(0, FITTING - 1)}…` : text;
}

function legend(): HTMLElement {
  const entry = (kind: string, text: string): HTMLElement => el('li', { class: kind }, text);
  return el(
    'ul',
    { class: 'plan-legend' },
    entry('search', 'finds rows by an index'),
    entry('scan', 'reads a whole table or index'),
    entry('sort', 'sorts or groups in memory'),
  );
}
