import { runService } from '@everyhop/service';
import { FunnelModule } from './funnel/funnel.module.ts';

await runService('analytics', {
  description: 'Counts how far customers get, and keeps the journey of each order.',
  features: [FunnelModule],
  migrations: new URL('../migrations/', import.meta.url),
});
