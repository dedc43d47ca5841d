/** The waxwing: crest, mask, lemon tail and the red wax on its wing. */
import { svg } from './el.ts';

export function logo(): SVGSVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 64 64', 'aria-hidden': 'true' },
    // tail with its lemon tip
    svg('path', { d: 'M15 44 4.5 57.5l3 3L19 50Z', fill: '#6f6a68' }),
    svg('path', { d: 'M7.4 53.8 2.8 59.6l3.4 2.9 5.3-5.1Z', fill: '#efc233' }),
    // body and crested head
    svg('path', {
      d: 'M14 46C18 30 25 22 35 17.5 38 13 31 9 23.5 9.5 32 3 43 4 48 10c3.5 4 4 8 3.5 12C51 34 42 47 28 51c-6 1.6-11 .5-14-5Z',
      fill: '#c89f73',
    }),
    svg('path', { d: 'M50.5 26C48.5 37 40 47.5 28 51c-4.5 1.2-8.6.8-11.5-1.7C30 49 43 40 50.5 26Z', fill: '#f0dfae' }),
    // wing with the wax
    svg('path', { d: 'M34 26C25 29 17 37 12.5 48.5 22 49 34 43 38 32c1-3-1-6.5-4-6Z', fill: '#6b7580' }),
    svg('path', { d: 'M12.5 48.5 24.5 46.3 22.5 43.4 15 45.2Z', fill: '#d23a2e' }),
    svg('path', { d: 'M24.5 46.3 31 42.6 28.6 40.2 22.5 43.4Z', fill: '#d23a2e' }),
    // mask, beak, eye
    svg('path', { d: 'M36 16.5c4.5-3.8 10.5-4 13.7-1.2l2.3 4.3c-4.5 2.4-9.5 2.6-13 .6-2-1.1-3.2-2.3-3-3.7Z', fill: '#2b2320' }),
    svg('path', { d: 'M50.8 15.6 59.5 18.3 51.6 21.8Z', fill: '#3b332f' }),
    svg('circle', { cx: 45.6, cy: 16.4, r: 1.5, fill: '#f8efe2' }),
  );
}
