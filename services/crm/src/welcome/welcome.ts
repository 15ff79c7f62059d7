import { UserRegistered } from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { Injectable } from '@nestjs/common';
import type { CrmDatabase } from '../mail/database.ts';
import { letter } from '../mail/letter.ts';
import { OutgoingMail } from '../mail/outgoing-mail.ts';

/** Welcomes those who register. */
@Injectable()
export class Welcome {
  constructor(private readonly mail: OutgoingMail) {}

  @On(UserRegistered, { id: 'crm.welcome', concurrent: true })
  async welcome({ name, email }: UserRegistered, { tx, event }: Delivery<CrmDatabase>) {
    await this.mail.schedule(tx, {
      event,
      kind: 'Welcome',
      recipient: { name, email },
      letter: letter('Welcome to Everyhop', [
        `Hello ${name},`,
        'your account is ready. When you order, we will tell you of each hop on the way to your door.',
        'Everyhop',
      ]),
      sendAt: new Date(),
    });
  }
}
