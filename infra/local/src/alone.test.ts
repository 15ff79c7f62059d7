/** What would go wrong: two that build, fetch or write the same at once, and one loses; or one that was killed blocks all. */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { alone } from './alone.ts';

test('what several do at once is done one after the other, and who waits is told once', async () => {
  const name = randomUUID();
  const told: number[] = [];
  let busy = 0;
  const seen = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      alone(
        name,
        async () => {
          const others = busy++;
          await new Promise(setImmediate);
          busy--;
          return others;
        },
        { onWait: () => told.push(index) },
      ),
    ),
  );
  expect(seen).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(told.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('who fails lets the next one go on', async () => {
  const name = randomUUID();
  const failing = alone(name, () => Promise.reject(new Error('no space left')));
  const next = alone(name, async () => 'done');
  await expect(failing).rejects.toThrow('no space left');
  expect(await next).toBe('done');
});

test('another process that is killed meanwhile holds up nobody', async () => {
  const name = randomUUID();
  const program = `import { alone } from '${import.meta.dirname}/alone.ts';
    await alone('${name}', () => (console.log('taken'), new Promise((resolve) => setTimeout(resolve, 1e9))));`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  const next = alone(name, async () => 'done', { onWait: () => other.kill('SIGKILL') });
  expect(await next).toBe('done');
});

test('waiting can be given up', async () => {
  const name = randomUUID();
  const giveUp = new AbortController();
  const held = Promise.withResolvers<void>();
  const holding = alone(name, () => held.promise);
  const waiting = alone(name, async () => 'done', { onWait: () => giveUp.abort(), signal: giveUp.signal });
  await expect(waiting).rejects.toThrow('aborted');
  held.resolve();
  await holding;
});
