import { runService } from '@everyhop/service';
import { FollowUpModule } from './follow-up/follow-up.module.ts';
import { WelcomeModule } from './welcome/welcome.module.ts';

await runService('crm', {
  description: 'Sends mails when events say so; there is nothing here but what operators need.',
  features: [FollowUpModule, WelcomeModule],
  migrations: new URL('../migrations/', import.meta.url),
});
