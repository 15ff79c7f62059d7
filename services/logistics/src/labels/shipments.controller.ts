import { Problem } from '@everyhop/service';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Kysely } from 'kysely';
import { z } from 'zod';
import type { LogisticsDatabase } from './database.ts';
import { renderLabel } from './pdf/render-label.ts';

/** Serves the labels of shipments. */
@ApiTags('shipments')
@Controller('shipments')
export class ShipmentsController {
  constructor(private readonly db: Kysely<LogisticsDatabase>) {}

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
    const pdf = await renderLabel({ trackingNumber, orderId, createdAt, carrier, recipient });
    response
      .type('application/pdf')
      .set('Content-Disposition', `inline; filename="label-${trackingNumber}.pdf"`)
      .set('Cache-Control', 'private, no-cache')
      .send(pdf);
  }
}
