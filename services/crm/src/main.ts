import { runService } from '@everyhop/service';
import { FollowUpModule } from './follow-up/follow-up.module.ts';
import { WelcomeModule } from './welcome/welcome.module.ts';

await runService('crm', {
  features: [FollowUpModule, WelcomeModule],
  migrations: new URL('../migrations/', import.meta.url),
});
