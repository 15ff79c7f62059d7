import { Injectable } from '@nestjs/common';
import { readConfig } from '@everyhop/service';
import { z } from 'zod';
import type { Order } from './orders.ts';

const LinkConfig = z.object({
  BILLING_URL: z.url().default('http://127.0.0.1:4002').describe('where clients reach billing'),
  LOGISTICS_URL: z.url().default('http://127.0.0.1:4003').describe('where clients reach logistics'),
  JAEGER_URL: z.url().default('http://127.0.0.1:4086').describe('where people reach Jaeger'),
});

/** What an order's links may lead to beside the order itself. */
export interface Documents {
  invoiceId?: string;
  shipmentId?: string;
}

/** Where a client finds more about an order. */
@Injectable()
export class OrderLinks {
  readonly #config = readConfig(LinkConfig);

  /** `origin`: where the client reached the shop, `http://host:port`. */
  of({ id, trace_id }: Order, origin: string, { invoiceId, shipmentId }: Documents = {}) {
    const { BILLING_URL, LOGISTICS_URL, JAEGER_URL } = this.#config;
    const self = `${origin}/orders/${id}`;
    return {
      self,
      events: `${self}/events`,
      invoice: invoiceId && `${BILLING_URL}/invoices/${invoiceId}.pdf`,
      label: shipmentId && `${LOGISTICS_URL}/shipments/${shipmentId}/label.pdf`,
      trace: trace_id ? `${JAEGER_URL}/trace/${trace_id}` : undefined,
    };
  }
}
