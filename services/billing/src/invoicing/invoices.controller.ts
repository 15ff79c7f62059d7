import { extname } from 'node:path';
import { Documents, Problem } from '@everyhop/service';
import { Controller, Get, Param, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Kysely } from 'kysely';
import { z } from 'zod';
import type { BillingDatabase } from './database.ts';
import { InvoiceDocument, type Invoice } from './invoice.ts';

// A source when this file is one, as in tests.
const script = new URL(`./pdf/render-in-thread${extname(import.meta.url)}`, import.meta.url);

/** Serves issued invoices. */
@ApiTags('invoices')
@Controller('invoices')
export class InvoicesController implements OnModuleDestroy {
  readonly #documents: Documents;

  constructor(private readonly db: Kysely<BillingDatabase>) {
    this.#documents = new Documents(db, script);
  }

  @Get(':invoiceId.pdf')
  @ApiOperation({ summary: 'An invoice as PDF' })
  @ApiOkResponse({ content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  async pdf(
    @Param('invoiceId', { schema: z.uuid() }) invoiceId: string,
    @Res() response: Response,
  ): Promise<void> {
    const invoice = await this.db
      .selectFrom('invoices')
      .select('number')
      .where('id', '=', invoiceId)
      .executeTakeFirst();
    if (!invoice) {
      const detail = `There is no invoice ${invoiceId}; take the id from an InvoiceIssued event or from the order.`;
      throw new Problem({ status: 404, title: 'Invoice not found', detail });
    }
    await this.#documents.send(response, {
      id: invoiceId,
      filename: `invoice-${invoice.number}.pdf`,
      input: () => this.#read(invoiceId),
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.#documents.close();
  }

  async #read(invoiceId: string): Promise<Invoice> {
    const row = await this.db
      .selectFrom('invoices')
      .selectAll()
      .where('id', '=', invoiceId)
      .executeTakeFirstOrThrow();
    const { number, order_id: orderId, issued_at: issuedAt, document } = row;
    return { ...InvoiceDocument.parse(document), number, orderId, issuedAt };
  }
}
