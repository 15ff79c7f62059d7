/** What would go wrong: someone replays a service, and every customer gets every mail and invoice again. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { listActions } from '../ledger/action.ts';
import { defaultPolicy } from '../handler/handler.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';
import { listReplays, ReplayRefused, startReplays } from './replay.ts';

let it: TestService;
beforeEach(async () => {
  it = await testService();
});
afterEach(() => it.stop());

const operator = { by: 'ops', why: 'curiosity' };

test('a handler that did not say that it is replayable is refused, and nothing is handled again', async () => {
  const inbox = await it.start({ id: 'mail', handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await waitUntil('it is handled', async () => (await it.effects('a')).length > 0);
  await expect(inbox.replay({ handler: 'mail' }, operator)).rejects.toThrow(
    new ReplayRefused(
      'mail is not replayable: what it does would be done again. ' +
        'A handler that only rebuilds its own data may say @On(…, { replayable: true }).',
    ),
  );
  await expect(inbox.replay({}, operator)).rejects.toThrow(/^No handler here is replayable/);
  expect(await listReplays(it.database.db)).toEqual([]);
  expect(await it.effects('a')).toEqual([1]);
});

test('a handler that there is not is refused with the names of those that there are', async () => {
  const inbox = await it.start({ id: 'mail', handle: write });
  await expect(inbox.replay({ handler: 'male' }, operator)).rejects.toThrow(
    'There is no handler male here; there are: mail.',
  );
});

test('of several handlers those are replayed that may be; who began it and why is recorded', async () => {
  const inbox = await it.start(
    { id: 'mail', handle: write },
    { id: 'view', handle: write, replayable: true },
  );
  const replays = await inbox.replay({}, operator);
  expect(replays).toMatchObject([{ handler: 'view', state: 'running', ...operator }]);
  expect(await listActions(it.database.db)).toMatchObject([
    { action: 'replay', handler: 'view', eventId: null, ...operator },
  ]);
});

test('a handler that is being replayed is not replayed a second time', async () => {
  // Nobody does it here, so it is not over before the second is asked for.
  const view = { ...defaultPolicy, id: 'view', event: it.Happened, handle: write, replayable: true };
  const replay = (key?: string) => startReplays(it.database.db, [view], { key }, operator);
  await replay();
  await expect(replay('a')).rejects.toThrow('view is being replayed already');
});
