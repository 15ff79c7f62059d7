import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.ts';
import { FollowUp } from './follow-up.ts';

/** Follows up on orders by email. */
@Module({ imports: [MailModule], providers: [FollowUp] })
export class FollowUpModule {}
