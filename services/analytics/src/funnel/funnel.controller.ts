import { Problem } from '@everyhop/service';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { steps } from './database.ts';
import { Funnel, sum } from './funnel.ts';

const hour = 3_600_000;
const longest = 7 * 24 * hour;

const count = z.number();
const Counts = z.object({
  registered: count,
  ordered: count,
  invoiced: count,
  shipped: count,
  mailed: count,
});

const Range = z.object({
  from: z.iso.datetime().optional().describe('default: an hour before `to`'),
  to: z.iso.datetime().optional().describe('default: now'),
});

const FunnelView = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  total: Counts,
  minutes: z
    .array(Counts.extend({ minute: z.iso.datetime() }))
    .describe('those in which there was something'),
});

const JourneyView = z.object({
  orderId: z.uuid(),
  customerId: z.uuid().nullable().describe('null for a guest'),
  steps: z.array(z.object({ step: z.enum(steps), at: z.iso.datetime() })).describe('in the order of time'),
});

/** How many got how far, and the journey of each order. */
@ApiTags('analytics')
@Controller()
export class FunnelController {
  constructor(private readonly funnel: Funnel) {}

  @Get('funnel')
  @ApiOperation({
    summary:
      'How many registered, ordered, were invoiced, shipped to and mailed, in all and in each minute; seven days at most',
  })
  @ApiOkResponse({ standardSchema: FunnelView })
  async get(@Query({ schema: Range }) query: z.infer<typeof Range>): Promise<z.infer<typeof FunnelView>> {
    const to = query.to ? new Date(query.to) : new Date();
    const from = query.from ? new Date(query.from) : new Date(to.getTime() - hour);
    const length = to.getTime() - from.getTime();
    if (length <= 0 || length > longest) {
      const errors = [{ parameter: 'from', detail: 'must be before `to`, by seven days at most' }];
      throw new Problem({ status: 422, detail: 'That is no range of time to count in.', errors });
    }
    const minutes = await this.funnel.perMinute(from, to);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      total: sum(minutes.map(({ counts }) => counts)),
      minutes: minutes.map(({ minute, counts }) => ({ minute: minute.toISOString(), ...counts })),
    };
  }

  @Get('journeys/:orderId')
  @ApiOperation({ summary: 'The journey of an order' })
  @ApiOkResponse({ standardSchema: JourneyView })
  async journey(
    @Param('orderId', { schema: z.uuid() }) orderId: string,
  ): Promise<z.infer<typeof JourneyView>> {
    const journey = await this.funnel.journey(orderId);
    if (!journey) {
      const detail = `Nothing is known of an order ${orderId}; take the id from an answer to POST /orders.`;
      throw new Problem({ status: 404, title: 'Journey not found', detail });
    }
    const { customerId, steps } = journey;
    return { orderId, customerId, steps: steps.map(({ step, at }) => ({ step, at: at.toISOString() })) };
  }
}
