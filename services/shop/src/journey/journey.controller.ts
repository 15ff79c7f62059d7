import { Controller, Get, type MessageEvent, Param, Req, Sse } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { map, type Observable } from 'rxjs';
import { z } from 'zod';
import { OrderLinks } from '../orders/order-links.ts';
import { OrderView, viewOf } from '../orders/order-view.ts';
import { Orders } from '../orders/orders.ts';
import { originOf, type Reached } from '../orders/origin.ts';
import { Hop, hopsOf, journeyEvents } from './hop.ts';
import { Journey } from './journey.ts';
import { JourneyFeed } from './journey-feed.ts';

const OrderWithJourney = OrderView.extend({
  journey: z.array(Hop).describe('in the order in which it happened'),
});

/** What has been done for an order so far, at once and as it happens. */
@Controller('orders')
export class JourneyController {
  constructor(
    private readonly orders: Orders,
    private readonly links: OrderLinks,
    private readonly journey: Journey,
    private readonly feed: JourneyFeed,
  ) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'An order, and what has been done for it so far' })
  @ApiOkResponse({ standardSchema: OrderWithJourney })
  async get(
    @Param('orderId') orderId: string,
    @Req() request: Reached,
  ): Promise<z.infer<typeof OrderWithJourney>> {
    const order = await this.orders.get(orderId);
    const steps = (await this.journey.stepsOf([order.id])).get(order.id) ?? [];
    const referenceOf = (event: Hop['event']) => steps.find((step) => step.event === event)?.reference;
    const links = this.links.of(order, originOf(request), {
      invoiceId: referenceOf('InvoiceIssued'),
      shipmentId: referenceOf('ShippingLabelCreated'),
    });
    const journey = hopsOf(order, steps);
    return { ...viewOf(order, links), state: stateAfter(journey), journey };
  }

  @Sse(':orderId/events')
  @ApiOperation({
    summary: 'The journey of an order as server-sent events `journey`, one a hop, ending after the last',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ standardSchema: Hop })
  async events(@Param('orderId') orderId: string): Promise<Observable<MessageEvent>> {
    const order = await this.orders.get(orderId);
    return this.feed.follow(order).pipe(map((data) => ({ type: 'journey', data })));
  }
}

function stateAfter({ length }: Hop[]): OrderView['state'] {
  if (length === journeyEvents.length) return 'completed';
  return length > 1 ? 'processing' : 'placed';
}
