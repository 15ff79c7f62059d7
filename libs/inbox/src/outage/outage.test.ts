import { expect, test } from '@jest/globals';
import { RegistryUnavailable } from '@everyhop/kafka';
import { isOutage } from './outage.ts';

test.each([
  [true, 'the registry is away', new RegistryUnavailable({})],
  [
    true,
    'a server hangs up on fetch',
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
    }),
  ],
  [true, 'a connection is refused', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  [
    true,
    'several addresses are refused',
    new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]),
  ],
  [
    true,
    'fetch is refused a connection',
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
  ],
  [
    true,
    'Postgres shuts down',
    Object.assign(new Error('terminating'), { code: '57P01', severity: 'FATAL' }),
  ],
  [true, 'the disk is full', Object.assign(new Error('disk full'), { code: '53100', severity: 'ERROR' })],
  [true, 'a deadlock', Object.assign(new Error('deadlock'), { code: '40P01', severity: 'ERROR' })],
  [true, 'a connection broke', new Error('Connection terminated unexpectedly')],
  [
    false,
    'a constraint is violated',
    Object.assign(new Error('duplicate'), { code: '23505', severity: 'ERROR' }),
  ],
  [
    false,
    'a statement takes too long',
    Object.assign(new Error('canceling statement'), { code: '57014', severity: 'ERROR' }),
  ],
  [false, 'a handler throws', new TypeError('undefined is not a function')],
  [false, 'something else is thrown', 'a string'],
])('outage: %s when %s', (expected, _, error) => {
  expect(isOutage(error)).toBe(expected);
});
