import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { composeStage } from './compose.ts';

const logs = await mkdtemp(join(tmpdir(), 'everyhop-compose-'));
afterAll(() => rm(logs, { recursive: true }));

test('where no Docker engine answers, what needs one is skipped', async () => {
  process.env.DOCKER_HOST = `unix://${logs}/nobody.sock`;
  expect(await composeStage({ logs })).toMatchObject({ failed: 0, skipped: 1 });
});
