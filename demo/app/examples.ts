/** The examples: files of their own, checked with the rest of the code, shown without their imports. */

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly group: string;
  readonly code: string;
}

const files = import.meta.glob<string>('../examples/*.ts', { query: '?raw', import: 'default', eager: true });

/** In the order of their file names; the first comment of a file says `Group: title. What it shows.` */
export const EXAMPLES: readonly Example[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([path, text]) => {
    const [, group = '', title = '', about = ''] = /^\/\*\* (.*?): (.*?)\. (.*?) \*\//.exec(text) ?? [];
    const id = path.replace(/^.*\/\d*-?|\.ts$/g, '');
    return { id, group, title, about, code: withoutFrame(text) };
  });

function withoutFrame(text: string): string {
  const lines = text
    .replace(/^\/\*\*.*?\*\/\n/, '')
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/\nexport \{\};?\s*$/, '\n');
  return `${lines.trim()}\n`;
}
