import type { InvoiceDocument } from './invoice.ts';

/** Who invoices. Each invoice keeps the seller of its day, so a change here leaves issued ones as they are. */
export const seller: InvoiceDocument['seller'] = {
  name: 'Everyhop Trading GmbH',
  street: 'Kafkaweg 9',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
  vatId: 'DE 000 000 000',
  email: 'billing@everyhop.example',
};
