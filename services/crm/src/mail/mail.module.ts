import { Module } from '@nestjs/common';
import { EmailsController } from './emails.controller.ts';
import { MailServer } from './mail-server.ts';
import { ObserveEmails } from './observe-emails.ts';
import { OutgoingMail } from './outgoing-mail.ts';
import { SendEmail } from './send-email.ts';

/** Sends what features write through `OutgoingMail`. */
@Module({
  controllers: [EmailsController],
  providers: [MailServer, ObserveEmails, OutgoingMail, SendEmail],
  exports: [OutgoingMail],
})
export class MailModule {}
