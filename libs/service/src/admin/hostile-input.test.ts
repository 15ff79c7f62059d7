/** What would go wrong: text and numbers that Postgres can't take are answered with 500, as if the service were broken. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

let service: RunningService;
beforeAll(async () => void (service = await startProbe([])));
afterAll(() => service.stop());

const texts = {
  parked: ['handler', 'key', 'eventId', 'reason'],
  refused: ['eventId', 'topic', 'key', 'reason'],
  trail: ['eventId', 'key', 'correlationId'],
};
const queries = Object.entries(texts).flatMap(([path, names]) =>
  names.map((name) => `${path}?${name}=a%00b`),
);
const numbers = ['0', '-1', '1001', '9223372036854775807', '1e2', '0x10', '1.0', '', ' 1', 'Infinity'];
const limits = ['parked', 'refused', 'replay', 'actions'].flatMap((path) =>
  numbers.map((limit) => `${path}?limit=${encodeURIComponent(limit)}`),
);

test.each([...queries, ...limits])('GET /admin/%s is refused, and the parameter is named', async (path) => {
  const response = await fetch(`${service.url}/admin/${path}`);
  expect(response.status).toBe(422);
  const parameter = /\?(\w+)=/.exec(path)![1];
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors[0]).toMatchObject({ parameter });
});

const post = (path: string, body: object) =>
  fetch(`${service.url}/admin/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test.each(['parked/redrive', 'parked/discard', 'refused/redrive', 'refused/discard'])(
  'so is a body of %s with a character that can not be stored',
  async (path) => {
    const operator = { by: 'ada', why: 'why not' };
    const bodies = [
      { ...operator, filter: { key: 'a\0b' } },
      { ...operator, by: '\0', filter: { key: 'a' } },
      { ...operator, why: '\0', filter: { key: 'a' } },
    ];
    for (const body of bodies) expect((await post(path, body)).status).toBe(422);
  },
);

test.each(['9223372036854775807', '2147483648', '0', '-1', '1e1', 'x', '%00'])(
  'there is no replay %s to be cancelled',
  async (id) => {
    const response = await post(`replay/${id}/cancel`, { by: 'ada', why: 'why not' });
    expect(response.status).toBe(404);
  },
);
