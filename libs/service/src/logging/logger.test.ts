import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { withLogFields } from '@everyhop/telemetry';
import { createLogger } from './logger.ts';

/** What a logger of that level writes. */
function logged(level: string) {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(line, _, done) {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  return { logger: createLogger('shop', level, destination), lines };
}

test('a line says when, how bad, which service and what, and the ids of what is being handled', () => {
  const { logger, lines } = logged('info');
  withLogFields({ event_id: '1', correlation_id: '2' }, () => logger.info({ attempt: 3 }, 'done'));
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: 'shop',
      event_id: '1',
      correlation_id: '2',
      attempt: 3,
      msg: 'done',
    },
  ]);
});

test('fields that may hold personal data are not logged, whoever adds them', () => {
  const { logger, lines } = logged('info');
  const customer = { name: 'Ada', email: 'ada@example.org' };
  const shippingAddress = { street: 'Ada-Allee 1', city: 'Adastadt' };
  logger.info({ customer, shippingAddress, order: { ...customer, id: 7 } }, 'placed');
  expect(JSON.stringify(lines)).not.toMatch(/ada/i);
  expect(lines).toMatchObject([{ customer: '[not logged]', order: { email: '[not logged]', id: 7 } }]);
});
