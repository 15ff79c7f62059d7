import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { discardParked, listParked, redriveParked, type ParkedEvent } from '@everyhop/inbox/admin';
import { traceIdOf } from '@everyhop/telemetry';
import { z } from 'zod';
import { toJson } from './to-json.ts';
import { Operations } from './operations.ts';
import { assertMeant, bulk, Count, limit, ParkedFilter } from './request.ts';

const ParkedQuery = ParkedFilter.extend({ limit });
const ParkedBulk = bulk(ParkedFilter);
type ParkedBulk = z.infer<typeof ParkedBulk>;

const Parked = z.object({
  handler: z.string(),
  eventId: z.string(),
  type: z.string().nullable(),
  key: z.string(),
  state: z.enum(['waiting', 'dead']),
  behind: z.boolean().describe('it waits only for what is before it of the same key'),
  attempts: z.number(),
  reason: z.string().nullable().describe('why the last attempt failed'),
  parkedAt: z.iso.datetime(),
  firstFailure: z.iso.datetime().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  traceId: z.string().nullable(),
  source: z.string().describe('topic/partition/offset'),
  payload: z.unknown().describe('the decoded event; null when it can’t be read'),
  unreadable: z.string().optional().describe('why it can’t be read'),
});
type Parked = z.infer<typeof Parked>;

/** Events that failed, and what waits behind them. */
@ApiTags('operations')
@Controller('admin/parked')
export class ParkedController {
  constructor(private readonly operations: Operations) {}

  @Get()
  @ApiOperation({ summary: 'Events that failed, and those of the same key behind them, line by line' })
  @ApiOkResponse({ standardSchema: z.array(Parked) })
  async list(@Query({ schema: ParkedQuery }) { limit, ...filter }: z.infer<typeof ParkedQuery>) {
    const events = await listParked(this.operations.db, filter, limit);
    return Promise.all(events.map((event) => this.#view(event)));
  }

  @Post('redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Has them tried again, as soon as their turn comes' })
  @ApiOkResponse({ standardSchema: Count })
  redrive(@Body({ schema: ParkedBulk }) request: ParkedBulk): Promise<z.infer<typeof Count>> {
    return this.#act(redriveParked, request);
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Gives them up for good; what waits behind them goes on' })
  @ApiOkResponse({ standardSchema: Count })
  discard(@Body({ schema: ParkedBulk }) request: ParkedBulk): Promise<z.infer<typeof Count>> {
    return this.#act(discardParked, request);
  }

  async #act(action: typeof redriveParked, request: ParkedBulk) {
    assertMeant(request);
    const { filter, by, why } = request;
    const count = await action(this.operations.db, filter, { by, why });
    this.operations.inbox.wake();
    return { count };
  }

  async #view(event: ParkedEvent): Promise<Parked> {
    const {
      headers,
      payload: _,
      topic,
      partition,
      offset,
      parkedAt,
      firstFailure,
      nextAttemptAt,
      ...rest
    } = event;
    const data = await this.operations.inbox.dataOf(event).then(
      (payload) => ({ payload: toJson(payload) }),
      (error: Error) => ({ payload: null, unreadable: error.message }),
    );
    return {
      ...rest,
      type: headers['ce_type']?.toString() ?? null,
      traceId: traceIdOf(headers['traceparent']?.toString()) ?? null,
      source: `${topic}/${partition}/${offset}`,
      parkedAt: parkedAt.toISOString(),
      firstFailure: firstFailure?.toISOString() ?? null,
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
      ...data,
    };
  }
}
