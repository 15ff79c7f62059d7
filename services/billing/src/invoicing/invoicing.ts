import { InvoiceIssued, OrderPlaced } from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { stringify } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import type { BillingDatabase } from './database.ts';
import { InvoiceDocument } from './invoice.ts';
import { takeInvoiceNumber } from './invoice-number.ts';
import { seller } from './seller.ts';

/** Issues one invoice for each order. */
@Injectable()
export class Invoicing {
  // The number is taken by a single statement, so that none is given twice.
  @On(OrderPlaced, { id: 'billing.issue-invoice', concurrent: true })
  async issueInvoice(order: OrderPlaced, { tx }: Delivery<BillingDatabase>) {
    const { number, issuedAt } = await takeInvoiceNumber(tx, new Date());
    const document = stringify(InvoiceDocument.parse({ ...order, seller }));
    const invoice = await tx
      .insertInto('invoices')
      .values({ number, order_id: order.orderId, issued_at: issuedAt, document })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { orderId, customer, net, tax, total } = order;
    return InvoiceIssued({
      invoiceId: invoice.id,
      invoiceNumber: number,
      orderId,
      customer,
      net,
      tax,
      total,
      issuedAt,
    });
  }
}
