import type { ServerResponse } from 'node:http';
import { Controller, Get, Headers, type MessageEvent, Param, Req, Res, Sse } from '@nestjs/common';
import {
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { EMPTY, map, type Observable } from 'rxjs';
import { z } from 'zod';
import { OrderLinks } from '../orders/order-links.ts';
import { OrderView, viewOf } from '../orders/order-view.ts';
import { Orders } from '../orders/orders.ts';
import { originOf, type Reached } from '../orders/origin.ts';
import { Hop, hopsOf, journeyEvents } from './hop.ts';
import { Journey } from './journey.ts';
import { JourneyFeed } from './journey-feed.ts';
import { keepAlive } from './keep-alive.ts';
import { idOfTold, toldBy } from './told.ts';

const OrderId = z.uuid('must be a UUID');

const retryMs = 1_000;

/** An event of the stream, by its fields. */
const JourneyEvent = z.object({
  event: z.literal('journey'),
  id: z
    .string()
    .regex(/^[1-5]{1,5}$/)
    .describe('all that has been told so far; to be sent as `Last-Event-ID`'),
  retry: z.literal(retryMs).describe('after how many milliseconds to come back when the connection breaks'),
  data: z.string().describe('a hop, as in the `journey` of the order, in JSON'),
});

const OrderWithJourney = OrderView.extend({
  journey: z.array(Hop).describe('in the order in which it happened'),
});

/** What has been done for an order so far, at once and as it happens. */
@ApiTags('orders')
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
    @Param('orderId', { schema: OrderId }) orderId: string,
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
    description:
      'Past hops come first, then each as it happens; `data` is a hop as in the `journey` of the order, in JSON. ' +
      'A client that comes back and names the id of the last event that it got is told the rest. An `EventSource` ' +
      'does all of that by itself. While there is nothing to tell a comment comes every 15 s.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: { type: 'string' },
    description: 'the `id` of the last event that the client got',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ standardSchema: JourneyEvent, description: 'Each event of the stream' })
  @ApiNoContentResponse({ description: 'All has been told: an `EventSource` does not come back' })
  async events(
    @Param('orderId', { schema: OrderId }) orderId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() { method }: { method: string },
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<Observable<MessageEvent>> {
    const order = await this.orders.get(orderId);
    const told = toldBy(lastEventId);
    if (told.size === journeyEvents.length) {
      response.writeHead(204).end();
      return EMPTY;
    }
    // It would hold up what else is asked for on the connection.
    if (method === 'HEAD') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      return EMPTY;
    }
    const events = this.feed
      .follow(order, told)
      .pipe(map((data) => ({ type: 'journey', id: idOfTold(told), retry: retryMs, data })));
    return events.pipe(keepAlive());
  }
}

function stateAfter({ length }: Hop[]): OrderView['state'] {
  if (length === journeyEvents.length) return 'completed';
  return length > 1 ? 'processing' : 'placed';
}
