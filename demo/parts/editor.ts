/** The code editor: TypeScript in colours, completion, error marks, Ctrl or Cmd + Enter runs. */
import {
  acceptCompletion,
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { editorColours, editorLook } from './editor-look.ts';
import { el } from './el.ts';

export interface ErrorMark {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface Editor {
  readonly element: HTMLElement;
  text(): string;
  setText(text: string): void;
  /** Underlines what went wrong; no marks clears them. */
  mark(marks: readonly ErrorMark[]): void;
  focus(): void;
}

export function createEditor(complete: CompletionSource, onRun: () => void, onChange: () => void): Editor {
  // Inside a shadow root the editor's styles are adopted sheets, which a strict style policy allows.
  const host = el('div', { class: 'editor' });
  const root = host.attachShadow({ mode: 'open' });
  const extensions = [
    ...behaviour(complete, onRun, onChange),
    javascript({ typescript: true }),
    syntaxHighlighting(editorColours),
    editorLook,
  ];
  const view = new EditorView({ parent: root, root, extensions });
  return {
    element: host,
    text: () => view.state.doc.toString(),
    setText: (text) => view.setState(EditorState.create({ doc: text, extensions })),
    mark: (marks) => {
      const length = view.state.doc.length;
      const at = (place: number): number => Math.max(0, Math.min(place, length));
      const found: Diagnostic[] = marks.map(({ from, to, message }) => ({
        from: at(from),
        to: at(to),
        severity: 'error',
        message,
      }));
      view.dispatch(setDiagnostics(view.state, found));
      if (found[0]) view.dispatch({ effects: EditorView.scrollIntoView(found[0].from, { y: 'nearest' }) });
    },
    focus: () => view.focus(),
  };
}

function behaviour(complete: CompletionSource, onRun: () => void, onChange: () => void): Extension[] {
  const run = (): boolean => {
    onRun();
    return true;
  };
  const tab = { key: 'Tab', run: acceptCompletion };
  return [
    // Ctrl works everywhere, Cmd too where there is one.
    Prec.highest(keymap.of(['Mod-Enter', 'Ctrl-Enter'].map((key) => ({ key, run })))),
    keymap.of([tab, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentUnit.of('  '),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': 'TypeScript code',
      'aria-description': 'Tab indents; Escape and then Tab leaves the code.',
      tabindex: '0',
    }),
    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 80 }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange();
    }),
  ];
}
