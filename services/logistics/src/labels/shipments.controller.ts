import { extname } from 'node:path';
import { Documents, Problem } from '@everyhop/service';
import { Controller, Get, Param, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Kysely } from 'kysely';
import { z } from 'zod';
import type { LogisticsDatabase } from './database.ts';
import type { Label } from './pdf/render-label.ts';

// A source when this file is one, as in tests.
const script = new URL(`./pdf/render-in-thread${extname(import.meta.url)}`, import.meta.url);

/** Serves the labels of shipments. */
@ApiTags('shipments')
@Controller('shipments')
export class ShipmentsController implements OnModuleDestroy {
  readonly #documents: Documents;

  constructor(private readonly db: Kysely<LogisticsDatabase>) {
    this.#documents = new Documents(db, script);
  }

  @Get(':shipmentId/label.pdf')
  @ApiOperation({ summary: "A shipment's label as PDF, A6" })
  @ApiOkResponse({ content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  async label(
    @Param('shipmentId', { schema: z.uuid() }) shipmentId: string,
    @Res() response: Response,
  ): Promise<void> {
    const shipment = await this.db
      .selectFrom('shipments')
      .selectAll()
      .where('id', '=', shipmentId)
      .executeTakeFirst();
    if (!shipment) {
      const detail = `There is no shipment ${shipmentId}; take the id from a ShippingLabelCreated event or from the order.`;
      throw new Problem({ status: 404, title: 'Shipment not found', detail });
    }
    const {
      tracking_number: trackingNumber,
      order_id: orderId,
      created_at: createdAt,
      carrier,
      recipient,
    } = shipment;
    const label: Label = { trackingNumber, orderId, createdAt, carrier, recipient };
    await this.#documents.send(response, {
      id: shipmentId,
      filename: `label-${trackingNumber}.pdf`,
      input: async () => label,
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.#documents.close();
  }
}
