import { expect, test } from '@jest/globals';
import { allEvents } from '@everyhop/events';
import { register } from './register.ts';

test('every event is registered, and registering again changes nothing', async () => {
  const first = await register();

  expect(first).toHaveLength(allEvents.length);
  expect(first).toContainEqual(expect.stringMatching(/^shop\.OrderPlaced v1 has id \d+$/));
  expect(await register()).toEqual(first);
});

test('a registry that does not answer is named, and the event that waits for it', async () => {
  const nobody = 'http://127.0.0.1:1/apis/ccompat/v7';

  await expect(register(nobody)).rejects.toThrow(
    /^\S+ v\d+ could not be registered at http:\/\/127\.0\.0\.1:1\//,
  );
});
