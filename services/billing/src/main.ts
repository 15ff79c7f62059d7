import { runService } from '@everyhop/service';
import { InvoicingModule } from './invoicing/invoicing.module.ts';

await runService('billing', {
  description: 'Makes an invoice for each order; the link to it is in the order.',
  features: [InvoicingModule],
  migrations: new URL('../migrations/', import.meta.url),
});
