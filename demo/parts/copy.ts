/** A button that puts text on the clipboard and says so. */
import { el } from './el.ts';
import { icon } from './icons.ts';
import { toast } from './toast.ts';

export function copyButton(label: string, text: () => string): HTMLElement {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      toast('Copied.');
    } catch {
      toast('This browser did not allow copying. Select the cells and press Ctrl or Cmd + C.', true);
    }
  };
  return el(
    'button',
    {
      class: label ? 'button plain' : 'button plain square',
      'aria-label': label || 'Copy',
      title: 'Copy',
      onclick: () => void copy(),
    },
    icon('copy', 16),
    label || null,
  );
}
