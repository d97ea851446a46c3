/** A text as a cell of a table: on one line, with its bars masked. */
const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|');

/** A table; rows are as long as its head. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** A piece of code within a text. */
export const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

/** Code on lines of its own. */
export const block = (text: string, language = ''): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** The anchor that a heading gets on the web pages of repositories. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** A page from its parts, with the line that says where it comes from. */
export const page = (title: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, '<!-- Written by `npm run docs`; changes belong into the code that it reads. -->', ...parts].join('\n\n')}\n`;
