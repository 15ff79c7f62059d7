import { Module } from '@nestjs/common';
import { MailServer } from './mail-server.ts';
import { OutgoingMail } from './outgoing-mail.ts';
import { SendEmail } from './send-email.ts';

/** Sends what features write through `OutgoingMail`. */
@Module({ providers: [MailServer, OutgoingMail, SendEmail], exports: [OutgoingMail] })
export class MailModule {}
