import { runService } from '@everyhop/service';
import { AccountsModule } from './accounts/accounts.module.ts';

await runService('loyalty', {
  description: 'Gives customers points for their orders.',
  features: [AccountsModule],
  migrations: new URL('../migrations/', import.meta.url),
});
