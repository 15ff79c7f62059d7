import { expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { type Span, without } from './spans.ts';
import { waterfall } from './waterfall.ts';

const span = (id: string, parentId: string | undefined, name: string, start: number, end: number): Span => ({
  ...{ id, parentId, name, start: 1_000 + start, end: 1_000 + end },
  ...{ service: id < 'c' ? 'shop' : 'billing', scope: 'everyhop', error: undefined },
});
const spans = [
  span('d', 'c', 'create billing.invoices', 60, 60),
  span('a', undefined, 'POST /orders', 0, 20),
  { ...span('c', 'b', 'process shop.orders', 50, 100), error: 'no paper' },
  span('b', 'a', 'pg.query', 10, 15),
];
const text = (lines: string[]) => lines.map((line) => stripVTControlCharacters(line));

test('each span stands below its parent, with when it began, how long it took, and where that lies', () => {
  expect(text(waterfall(spans))).toEqual([
    '     start       took                                    span',
    '    0.0 ms    20.0 ms  ██████··························  shop POST /orders',
    '   10.0 ms     5.0 ms  ···██···························    shop pg.query',
    '   50.0 ms    50.0 ms  ················████████████████      billing process shop.orders failed: no paper',
    '   60.0 ms     0.0 ms  ···················█············        billing create billing.invoices',
  ]);
});

test('what is below a hidden span moves up', () => {
  const shown = text(waterfall(without(spans, ({ name }) => name === 'pg.query')));
  expect(shown.map((line) => line.slice(57))).toEqual([
    'span',
    'shop POST /orders',
    '  billing process shop.orders failed: no paper',
    '    billing create billing.invoices',
  ]);
});

test('a span whose parent is not there is shown all the same, and so is one without a length', () => {
  expect(text(waterfall([span('c', 'gone', 'process shop.orders', 0, 0)])).at(-1)).toMatch(
    /█·+ {2}billing process/,
  );
});
