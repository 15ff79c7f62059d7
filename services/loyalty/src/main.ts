import { runService } from '@everyhop/service';
import { AccountsModule } from './accounts/accounts.module.ts';

await runService('loyalty', {
  features: [AccountsModule],
  migrations: new URL('../migrations/', import.meta.url),
});
