/** Lets a picture be moved and zoomed: by pointer, by wheel, by two fingers. */

const CLOSEST = 0.25;
const FARTHEST = 2;
/** Below this scale names cannot be read. */
const READABLE = 0.45;
/** Pixels a pointer may tremble in a click. */
const TREMBLE = 4;

interface Point {
  readonly x: number;
  readonly y: number;
}

export class PanZoom {
  readonly #picture: SVGSVGElement;
  readonly #width: number;
  readonly #height: number;
  readonly #box = { x: 0, y: 0, width: 0, height: 0 };
  readonly #fingers = new Map<number, Point>();
  /** The width in sight when all is. */
  #fitted = 1;
  #moved = false;

  constructor(picture: SVGSVGElement, width: number, height: number) {
    this.#picture = picture;
    this.#width = width;
    this.#height = height;
    picture.addEventListener('pointerdown', (event) => this.#press(event));
    picture.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      picture.addEventListener(end, (event) => this.#fingers.delete(event.pointerId));
    }
    picture.addEventListener('click', (event) => this.#click(event), { capture: true });
    picture.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    new ResizeObserver((_, observer) => {
      this.fit();
      if (picture.clientWidth) observer.disconnect();
    }).observe(picture);
  }

  /** All of it, never larger than life; of a picture that would become too small to read the top, as wide as there is room. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#picture;
    if (clientWidth === 0 || clientHeight === 0) return;
    const wide = Math.min(1, clientWidth / this.#width);
    const whole = Math.min(wide, clientHeight / this.#height);
    const scale = whole < READABLE ? wide : whole;
    const [width, height] = [clientWidth / scale, clientHeight / scale];
    const y = scale === whole ? (this.#height - height) / 2 : 0;
    Object.assign(this.#box, { x: (this.#width - width) / 2, y, width, height });
    this.#fitted = width;
    this.#apply();
  }

  /** Multiplies the size of the part in sight: below 1 is closer. */
  zoom(factor: number): void {
    const { x, y, width, height } = this.#box;
    this.#zoomAt(factor, { x: x + width / 2, y: y + height / 2 });
  }

  #apply(): void {
    const { x, y, width, height } = this.#box;
    this.#picture.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  }

  #zoomAt(factor: number, { x, y }: Point): void {
    const box = this.#box;
    const limited = Math.min(Math.max(factor, (this.#fitted * CLOSEST) / box.width), (this.#fitted * FARTHEST) / box.width);
    box.x = x - (x - box.x) * limited;
    box.y = y - (y - box.y) * limited;
    box.width *= limited;
    box.height *= limited;
    this.#apply();
  }

  #toPicture(x: number, y: number): Point {
    return new DOMPoint(x, y).matrixTransform(this.#picture.getScreenCTM()?.inverse());
  }

  #press(event: PointerEvent): void {
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#moved = false;
  }

  #move(event: PointerEvent): void {
    const last = this.#fingers.get(event.pointerId);
    if (!last) return;
    const to = { x: event.clientX, y: event.clientY };
    if (!this.#moved) {
      if (Math.hypot(to.x - last.x, to.y - last.y) < TREMBLE) return;
      this.#picture.setPointerCapture(event.pointerId);
      this.#moved = true;
    }
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(other, last, to);
    else this.#drag(last, to);
    this.#fingers.set(event.pointerId, to);
  }

  #drag(from: Point, to: Point): void {
    const [before, after] = [this.#toPicture(from.x, from.y), this.#toPicture(to.x, to.y)];
    this.#box.x -= after.x - before.x;
    this.#box.y -= after.y - before.y;
    this.#apply();
  }

  #pinch(still: Point, from: Point, to: Point): void {
    const before = Math.hypot(from.x - still.x, from.y - still.y);
    const after = Math.hypot(to.x - still.x, to.y - still.y) || 1;
    this.#zoomAt(before / after, this.#toPicture((to.x + still.x) / 2, (to.y + still.y) / 2));
  }

  // A drag that ends on a table is not a click on it.
  #click(event: MouseEvent): void {
    if (this.#moved) event.stopPropagation();
    this.#moved = false;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoomAt(Math.exp(event.deltaY * 0.0015), this.#toPicture(event.clientX, event.clientY));
  }
}
