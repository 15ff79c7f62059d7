import { expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { startProbeProcess } from '../run-probe.fixture.ts';

test('an operator sets while the service runs how much it logs, for good or for a while', async () => {
  await using service = await startProbeProcess();
  const levelUrl = `${service.address}/admin/log-level`;
  const state = async () => (await fetch(levelUrl)).json();
  const put = async (request: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(levelUrl, { method: 'PUT', headers, body: JSON.stringify(request) });
    return { status: response.status, body: (await response.json()) as any };
  };
  const asConfigured = { level: 'info', configured: 'info', until: null };
  expect(await state()).toEqual(asConfigured);

  expect(await put({ level: 'warn' })).toEqual({ status: 200, body: { ...asConfigured, level: 'warn' } });
  await fetch(`${service.address}/unsaid`);
  const { body } = await put({ level: 'error', for: '1s' });
  expect(body).toMatchObject({ level: 'error', until: expect.stringMatching(/Z$/) });
  await waitUntil('it is as configured', async () => {
    const { level, until } = (await state()) as any;
    return level === 'info' && until === null;
  });
  await fetch(`${service.address}/said`);
  await waitUntil('it is said', () => service.said().find(({ msg }) => msg === 'GET /said 404'));
  const messages = service.said().map(({ msg }) => msg);
  expect(messages).toEqual(expect.arrayContaining(['from here on logged from warn up']));
  expect(messages).not.toContain('GET /unsaid 404');

  const refused = await put({ level: 'loud', for: '1 year' });
  expect(refused).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '#/level' }, { pointer: '#/for' }] },
  });
});
