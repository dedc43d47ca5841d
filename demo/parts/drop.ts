/** Takes a file that is dropped anywhere on the page. */
import { el } from './el.ts';

export function acceptDrops(label: string, onFile: (file: File) => void): void {
  const target = el('div', { class: 'drop', 'aria-hidden': 'true' }, label);
  document.body.append(target);
  const hasFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  let inside = 0;
  const show = (): void => void target.classList.toggle('on', inside > 0);
  addEventListener('dragenter', (event) => {
    if (!hasFile(event)) return;
    inside += 1;
    show();
  });
  addEventListener('dragleave', (event) => {
    if (!hasFile(event)) return;
    inside = Math.max(0, inside - 1);
    show();
  });
  addEventListener('dragover', (event) => {
    if (hasFile(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    inside = 0;
    show();
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}
