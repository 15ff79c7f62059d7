import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.ts';
import { Welcome } from './welcome.ts';

/** Welcomes new users by email. */
@Module({ imports: [MailModule], providers: [Welcome] })
export class WelcomeModule {}
