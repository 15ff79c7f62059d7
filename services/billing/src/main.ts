import { runService } from '@everyhop/service';
import { InvoicingModule } from './invoicing/invoicing.module.ts';

await runService('billing', {
  features: [InvoicingModule],
  migrations: new URL('../migrations/', import.meta.url),
});
