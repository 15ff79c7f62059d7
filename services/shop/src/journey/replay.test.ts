/** What would go wrong: a replay, which tells the steps again in another order, leaves other journeys behind. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EmailSent } from '@everyhop/events';
import { handlersOf } from '@everyhop/inbox';
import { deliver } from '@everyhop/testing';
import { type Shop, startShop } from '../shop.fixture.ts';
import { Journey } from './journey.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

test('all of the journey may be replayed', () => {
  const handlers = handlersOf(new Journey(shop.db));
  expect(handlers.map(({ replayable }) => replayable)).toEqual([true, true, true, true]);
});

test('told again, in whatever order, the steps leave the same journey behind', async () => {
  const orderId = randomUUID();
  const journey = new Journey(shop.db);
  // Of two mails, which have different keys, so that their order is not that in which they were sent.
  const mails = [1, 2].map((second) => ({
    time: new Date(second * 1000),
    event: EmailSent({
      emailId: randomUUID(),
      orderId,
      kind: 'FollowUp',
      recipient: { name: 'Ada', email: 'ada@example.org' },
      subject: 'Hello',
      messageReference: '<1>',
      sentAt: new Date(second * 1000),
    }),
  }));
  const tell = async (some: typeof mails) => {
    for (const { event, time } of some)
      await deliver(shop.db, (data, delivery) => journey.emailSent(data, delivery), event, { time });
    return (await journey.stepsOf([orderId])).get(orderId);
  };
  const first = await tell(mails);
  expect(first).toMatchObject([{ event: 'EmailSent', reference: mails[0]!.event.data.emailId }]);
  expect(await tell(mails)).toEqual(first);
  await shop.db.deleteFrom('journey').execute();
  expect(await tell(mails.toReversed())).toEqual(first);
});
