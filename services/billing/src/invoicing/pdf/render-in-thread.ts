import { parentPort } from 'node:worker_threads';
import { renderInvoice } from './render-invoice.ts';

// The script of the thread that prints: each message is an invoice, its answer the PDF.
parentPort!.on('message', async (invoice: Parameters<typeof renderInvoice>[0]) => {
  parentPort!.postMessage(await renderInvoice(invoice));
});
