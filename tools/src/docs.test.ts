/** What would go wrong: the documentation names files, tests and commands that there are no more. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '@everyhop/local';

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n');
const pages = git('ls-files', '--cached', '--others', '--exclude-standard', '*.md').filter(
  (page) => page.endsWith('.md') && existsSync(join(root, page)),
);
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const withoutCode = (page: string) => read(page).replaceAll(/^```.*?^```/gms, '');

interface Link {
  page: string;
  text: string;
  file: string;
  anchor: string;
}

const links: Link[] = pages.flatMap((page) =>
  [...withoutCode(page).matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)]
    .map(([, text, target]) => ({ text: text!.replaceAll(/\s+/g, ' '), target: target! }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ text, target }) => {
      const [path, anchor = ''] = target.split('#');
      return { page, text, anchor, file: path ? join(dirname(page), path) : page };
    }),
);

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

test('each link leads to a file that is there', () => {
  expect(links.filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
});

test('each link to a section leads to one that is there', () => {
  const broken = links.filter(({ file, anchor }) => {
    if (!anchor || !file.endsWith('.md')) return false;
    const headings = [...withoutCode(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
    return !headings.includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('each test that a guarantee rests on is there, under its name', () => {
  const proofs = links.filter(
    ({ page, text, file }) =>
      ['docs/guarantees.md', 'docs/handlers.md'].includes(page) &&
      /\.(test|e2e)\.ts$/.test(file) &&
      !text.endsWith('.ts'),
  );
  expect(proofs.length).toBeGreaterThan(50);
  expect(proofs.filter(({ text, file }) => !read(file).includes(`'${text}'`))).toEqual([]);
});

test('each command of ./dev that is shown is there', () => {
  const known = [...read('tools/src/help.txt').matchAll(/^ {2}\.\/dev (\w+)/gm)].map(
    ([, command]) => command,
  );
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/\.\/dev ([a-z]+)/g)].map(([, command]) => ({ page, command })),
  );
  expect(shown.filter(({ command }) => !known.includes(command))).toEqual([]);
});
