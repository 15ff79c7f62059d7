import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { engines, engineVariables } from './engines.ts';

const before = { ...process.env };
beforeEach(() => {
  for (const name of engineVariables) delete process.env[name];
});
afterEach(() => {
  process.env = { ...before };
});

test.each([
  ['', 40],
  ['5200', 52],
])('without a word of where the engines are, they are those of ./dev up at "%s"', (base, hundreds) => {
  process.env.EVERYHOP_PORT_BASE = base;
  expect([engines.brokers, engines.registryUrl, engines.adminDatabaseUrl]).toEqual([
    [`127.0.0.1:${hundreds}92`],
    `http://127.0.0.1:${hundreds}81/apis/ccompat/v7`,
    `postgres://postgres:everyhop@127.0.0.1:${hundreds}32/postgres`,
  ]);
});
