// Code blocks of a Markdown file, each with the HTML comment directly above it.

const JAVASCRIPT = { js: 'js', mjs: 'js', cjs: 'js', javascript: 'js', ts: 'ts', typescript: 'ts' };

/** @returns {{ language: string, script?: 'js' | 'ts', code: string, line: number, throws?: string, notRun?: string }[]} */
export function codeBlocks(markdown) {
  const lines = markdown.split(/\r?\n/);
  const blocks = [];
  for (let i = 0; i < lines.length; i++) {
    const open = /^( *)(`{3,}|~{3,})\s*([^\s`]*)/.exec(lines[i]);
    if (!open) continue;
    const [, indentation, fence, language] = open;
    const start = i + 1;
    while (++i < lines.length && !lines[i].trim().startsWith(fence));
    if (i === lines.length) throw new Error(`line ${start}: the code block has no end`);
    const above = lines.slice(0, start - 1).reverse().find((line) => line.trim() !== '') ?? '';
    const [, word, rest] = /<!--\s*(throws|not run):\s*(.*?)\s*-->\s*$/.exec(above) ?? [];
    blocks.push({
      language,
      script: JAVASCRIPT[language.toLowerCase()],
      code: lines.slice(start, i).map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line)).join('\n'),
      line: start,
      ...(word === 'throws' && { throws: rest }),
      ...(word === 'not run' && { notRun: rest }),
    });
  }
  return blocks;
}
