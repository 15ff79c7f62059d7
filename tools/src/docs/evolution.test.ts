import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { root } from '@everyhop/local';
import { copyRepository } from './copy-repository.fixture.ts';
import { runPage } from './run-page.fixture.ts';

const copy = copyRepository();
afterAll(() => rmSync(copy, { recursive: true }));

test('who follows the page on changing events sees what it shows', () => {
  const { expected, actual } = runPage(join(root, 'docs/evolution.md'), copy);
  expect(actual).toBe(expected);
  // Code that constructs or handles events of the version before still compiles.
  const code = readFileSync(join(copy, 'libs/events/src/generated/shop/order-placed.ts'), 'utf8');
  expect(code).toContain('readonly channel?: string;');
});
