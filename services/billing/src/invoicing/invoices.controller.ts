import { Problem } from '@everyhop/service';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Kysely } from 'kysely';
import { z } from 'zod';
import type { BillingDatabase } from './database.ts';
import { InvoiceDocument } from './invoice.ts';
import { renderInvoice } from './pdf/render-invoice.ts';

/** Serves issued invoices. */
@ApiTags('invoices')
@Controller('invoices')
export class InvoicesController {
  constructor(private readonly db: Kysely<BillingDatabase>) {}

  @Get(':invoiceId.pdf')
  @ApiOperation({ summary: 'An invoice as PDF' })
  @ApiOkResponse({ content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  async pdf(
    @Param('invoiceId', { schema: z.uuid() }) invoiceId: string,
    @Res() response: Response,
  ): Promise<void> {
    const invoice = await this.db
      .selectFrom('invoices')
      .selectAll()
      .where('id', '=', invoiceId)
      .executeTakeFirst();
    if (!invoice) {
      const detail = `There is no invoice ${invoiceId}; take the id from an InvoiceIssued event or from the order.`;
      throw new Problem({ status: 404, title: 'Invoice not found', detail });
    }
    const { number, order_id: orderId, issued_at: issuedAt, document } = invoice;
    const pdf = await renderInvoice({ ...InvoiceDocument.parse(document), number, orderId, issuedAt });
    response
      .type('application/pdf')
      .set('Content-Disposition', `inline; filename="invoice-${number}.pdf"`)
      .set('Cache-Control', 'private, no-cache')
      .send(pdf);
  }
}
