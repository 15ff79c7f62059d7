import { runService } from '@everyhop/service';
import { LabelsModule } from './labels/labels.module.ts';

await runService('logistics', {
  description: 'Makes a shipping label for each order; the link to it is in the order.',
  features: [LabelsModule],
  migrations: new URL('../migrations/', import.meta.url),
});
