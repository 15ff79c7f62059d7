import type { ServerResponse } from 'node:http';
import { Body, Controller, Headers, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { idempotencyHeader, idempotencyKey } from '../idempotency.ts';
import { OrderLinks } from './order-links.ts';
import { OrderRequest } from './order-request.ts';
import { OrderView, viewOf } from './order-view.ts';
import { Orders } from './orders.ts';
import { originOf, type Reached } from './origin.ts';

/** Where orders are placed. */
@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly links: OrderLinks,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Places an order. Sent again with the same Idempotency-Key it gives the same order',
  })
  @ApiHeader(idempotencyHeader)
  @ApiCreatedResponse({
    standardSchema: OrderView,
    headers: { Location: { schema: { type: 'string', format: 'uri' } } },
  })
  async place(
    @Body({ schema: OrderRequest }) order: OrderRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: Reached,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<OrderView> {
    const placed = await this.orders.place(order, idempotencyKey(key));
    const links = this.links.of(placed, originOf(request));
    response.setHeader('Location', links.self);
    return viewOf(placed, links);
  }
}
