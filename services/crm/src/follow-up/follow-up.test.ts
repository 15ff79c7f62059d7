import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { FollowUpEmailScheduled, OrderPlaced } from '@everyhop/events';
import { Jobs, startJobs } from '@everyhop/service';
import { deliver, testDatabase, type TestDatabase } from '@everyhop/testing';
import type { CrmDatabase } from '../mail/database.ts';
import { OutgoingMail } from '../mail/outgoing-mail.ts';
import { exampleOrder } from './example-order.fixture.ts';
import { FollowUp } from './follow-up.ts';

process.env.FOLLOW_UP_DELAY = '3d';
const THREE_DAYS = 3 * 86_400_000;
const jobs = new Jobs([{ name: 'send-email', maxAttempts: 25, run: async () => {} }]);
const followUp = new FollowUp(new OutgoingMail(jobs));
const handle: typeof followUp.scheduleFollowUp = (order, delivery) =>
  followUp.scheduleFollowUp(order, delivery);

let database: TestDatabase<CrmDatabase>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
  const workers = await startJobs({ pool: database.pool, jobs });
  await workers.stop();
});
beforeEach(() => database.db.deleteFrom('emails').execute());
afterAll(() => database.drop());

test('an order schedules one email, its job and the event that says so', async () => {
  const placed = OrderPlaced(exampleOrder());
  const [scheduled, ...others] = await deliver(database.db, handle, placed);

  expect(others).toEqual([]);
  const emails = await database.db.selectFrom('emails').selectAll().execute();
  expect(emails).toMatchObject([
    {
      event_id: placed.id,
      kind: 'FollowUp',
      order_id: placed.data.orderId,
      recipient_email: placed.data.customer.email,
      body_text: expect.stringContaining('- 2 × Field notebook'),
      body_html: expect.stringContaining('Hello Zoë &#60;Łukasiewicz&#62;, Ltd.,'),
      sent_at: null,
    },
  ]);
  const { id, send_at } = emails[0]!;
  expect(scheduled).toMatchObject({
    eventType: FollowUpEmailScheduled,
    key: id,
    data: { emailId: id, orderId: placed.data.orderId, customer: placed.data.customer, sendAt: send_at },
  });
  expect(send_at.getTime() - scheduled!.data.scheduledAt.getTime()).toBe(THREE_DAYS);
  const { rows } = await database.pool.query('select task_identifier, key, run_at from graphile_worker.jobs');
  expect(rows).toEqual([{ task_identifier: 'send-email', key: id, run_at: send_at }]);
});

test('one event cannot lead to two emails, even past the inbox', async () => {
  const placed = OrderPlaced(exampleOrder());
  await deliver(database.db, handle, placed);
  await expect(deliver(database.db, handle, placed)).rejects.toThrow('emails_event_id_key');
  expect(await database.db.selectFrom('emails').select('id').execute()).toHaveLength(1);
});
