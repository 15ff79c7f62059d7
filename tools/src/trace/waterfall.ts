import { styleText } from 'node:util';
import type { Span } from './spans.ts';

const barWidth = 32;
const colours = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;

/**
 * A trace as lines of text: each span below its parent, with when it began after the first, how long it took, and a bar
 * that shows both. A span whose parent is not there stands at the left.
 */
export function waterfall(spans: Span[]): string[] {
  const begin = Math.min(...spans.map(({ start }) => start));
  const total = Math.max(...spans.map(({ end }) => end)) - begin;
  const services = [...new Set(spans.map(({ service }) => service))];
  const ids = new Set(spans.map(({ id }) => id));
  const children = Map.groupBy(spans, ({ parentId }) => (ids.has(parentId!) ? parentId : undefined));

  const line = (span: Span, depth: number): string => {
    const colour = colours[services.indexOf(span.service) % colours.length]!;
    const bar = styleText(colour, barOf(span.start - begin, span.end - begin, total));
    const times = `${ms(span.start - begin)} ${ms(span.end - span.start)}`;
    const problem = span.error === undefined ? '' : styleText('red', ` failed: ${span.error}`);
    return `${times}  ${bar}  ${'  '.repeat(depth)}${span.service} ${span.name}${problem}`;
  };
  const below = (parentId: string | undefined, depth: number): string[] =>
    (children.get(parentId) ?? [])
      .toSorted((one, other) => one.start - other.start)
      .flatMap((span) => [line(span, depth), ...below(span.id, depth + 1)]);

  const head = `${'start'.padStart(10)} ${'took'.padStart(10)}  ${''.padEnd(barWidth)}  span`;
  return [styleText('bold', head), ...below(undefined, 0)];
}

function barOf(start: number, end: number, total: number): string {
  const cell = (time: number) => Math.round((time / (total || 1)) * barWidth);
  const from = Math.min(cell(start), barWidth - 1);
  const to = Math.max(cell(end), from + 1);
  return `${'·'.repeat(from)}${'█'.repeat(to - from)}${'·'.repeat(barWidth - to)}`;
}

const ms = (time: number) =>
  `${time.toLocaleString('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 })} ms`.padStart(10);
