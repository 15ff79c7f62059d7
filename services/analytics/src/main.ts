import { runService } from '@everyhop/service';
import { FunnelModule } from './funnel/funnel.module.ts';

await runService('analytics', {
  features: [FunnelModule],
  migrations: new URL('../migrations/', import.meta.url),
});
