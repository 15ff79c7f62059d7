import { expect, test } from '@jest/globals';
import { EmailSent } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { mailArrived, mailsTo } from './mailbox.ts';
import { anOrder, completed, newCustomer, placeOrder, post } from './shop.ts';
import { readEvents } from './topics.ts';

test('an order is followed up by one mail, under the Message-ID that its event names', async () => {
  const request = anOrder();
  const { name, email } = request.customer;
  const { orderId } = await placeOrder(request);
  await completed(orderId);

  const mails = await mailsTo(email);
  expect(mails).toMatchObject([{ To: [{ Name: name, Address: email }] }]);
  expect(mails[0]!.Text).toContain('2 × Stoneware mug');
  expect(mails[0]!.Text).toContain(orderId);

  await using sent = await readEvents(EmailSent);
  const { data } = await waitUntil('EmailSent is on its topic', () =>
    sent.seen().find(({ data }) => data.orderId === orderId),
  );
  expect(data).toMatchObject({ kind: 'FollowUp', recipient: { name, email }, subject: mails[0]!.Subject });
  expect(data.messageReference).toBe(`<${mails[0]!.MessageID}>`);
});

test('who registers is welcomed by one mail', async () => {
  const { name, email } = newCustomer();
  const answer = await post('/users', { name, email });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ name, email, userId: expect.any(String) });
  const mails = await mailArrived(email);
  expect(mails).toMatchObject([{ Subject: expect.stringContaining('Welcome'), To: [{ Name: name }] }]);
});
