import { runService } from '@everyhop/service';
import { LabelsModule } from './labels/labels.module.ts';

await runService('logistics', {
  features: [LabelsModule],
  migrations: new URL('../migrations/', import.meta.url),
});
