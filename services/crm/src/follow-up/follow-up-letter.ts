import type { OrderPlaced } from '@everyhop/events';
import { letter, type Letter } from '../mail/letter.ts';

/** Asks whether all that was ordered arrived well. */
export function followUpLetter({ orderId, customer, lines }: OrderPlaced): Letter {
  return letter('How was your order?', [
    `Hello ${customer.name},`,
    'some time ago you ordered from us:',
    lines.map(({ quantity, name }) => `${quantity} × ${name}`),
    'Did all of it arrive well, and is it what you hoped for? If not, just answer this email, and we will put it right.',
    `Your order's number is ${orderId}.`,
    'Everyhop',
  ]);
}
