/** What would go wrong: an inbox that was stopped is started again, and silently does nothing; a test can't tell when it is through. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testService, write, type TestService } from './inbox.fixture.ts';
import { listParked } from './parking/parked.ts';

let it: TestService;
beforeEach(async () => (it = await testService({ partitions: 3 })));
afterEach(() => it.stop());

test('it has caught up when all that was on its topics is handled or parked', async () => {
  const handle = async (data: any, delivery: any) => {
    if (data.n === 7) throw new Error('not this one');
    await write(data, delivery);
  };
  const inbox = await it.start({ handle, retry: { inPlace: 1, delay: 60_000 } });
  await it.publish(...Array.from({ length: 30 }, (_, n) => it.Happened({ key: `key ${n}`, n })));
  await it.relay.whenIdle();
  await inbox.whenCaughtUp();
  const { rowCount } = await it.database.pool.query('select from effects');
  expect(rowCount).toBe(29);
  expect(await listParked(it.database.db)).toMatchObject([{ key: 'key 7' }]);
});

test('one that was stopped says that it can not be started again', async () => {
  const inbox = await it.start({ handle: write });
  await inbox[Symbol.asyncDispose]();
  await expect(inbox.start()).rejects.toThrow('this inbox was stopped for good: make a new one');
});

test('an option that is undefined is the default', async () => {
  const undefinedOptions = { logger: undefined, retention: { keep: undefined }, slowAfter: undefined };
  const inbox = await it.startWith(undefinedOptions, { handle: write });
  await it.publish(it.Happened({ key: 'a', n: 1 }));
  await it.relay.whenIdle();
  await inbox.whenCaughtUp();
  expect(await it.effects('a')).toEqual([1]);
});
