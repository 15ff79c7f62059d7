import { expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { forPeople, lineReader } from './line.ts';

const shown = (component: string, ...raw: string[]) => {
  const read = lineReader(component);
  return raw.map((one) => stripVTControlCharacters(forPeople(read(one))));
};

test('what a service says is told in columns, its error as a sentence', () => {
  const line = {
    ...{ level: 'warn', time: '2030-01-31T12:00:00.250Z', service: 'billing', trace_id: 'abc', span_id: 'd' },
    ...{
      msg: 'an event is parked',
      err: { message: 'no paper', stack: 'Error: no paper\n    at print' },
      attempt: 3,
    },
  };
  expect(shown('billing', JSON.stringify(line))).toEqual([
    '12:00:00.250 billing    warn  an event is parked (no paper) trace_id=abc attempt=3',
  ]);
});

test('a line of an engine stays as it is, at its time or at that of the line before', () => {
  const lines = ['2030-01-31 12:00:00.5 UTC [1] LOG: ready', '\tdetail', '{ no JSON'];
  const read = lineReader('postgres');
  expect(lines.map((raw) => read(raw).at - Date.parse('2030-01-31 12:00:00.5'))).toEqual([0, 0, 0]);
  expect(shown('postgres', ...lines).map((line) => line.slice(13))).toEqual(
    lines.map((raw) => `postgres   ${raw}`),
  );
});
