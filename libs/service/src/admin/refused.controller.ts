import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { recordActions } from '@everyhop/inbox/admin';
import { discardRefused, listRefused, redriveRefused } from '@everyhop/outbox/admin';
import { z } from 'zod';
import { Operations } from './operations.ts';
import { assertMeant, bulk, Count, limit, RefusedFilter } from './request.ts';

const RefusedQuery = RefusedFilter.extend({ limit });
const RefusedBulk = bulk(RefusedFilter);
type RefusedBulk = z.infer<typeof RefusedBulk>;

const Refused = z.object({
  eventId: z.string(),
  topic: z.string(),
  key: z.string(),
  type: z.string(),
  reason: z.string(),
  time: z.iso.datetime(),
  behind: z.number().describe('events of the same key that wait behind it'),
});

/** Events of this service that the broker refused for good. */
@ApiTags('operations')
@Controller('admin/refused')
export class RefusedController {
  constructor(private readonly operations: Operations) {}

  @Get()
  @ApiOperation({ summary: 'Events that the broker refused to take, oldest first' })
  @ApiOkResponse({ standardSchema: z.array(Refused) })
  async list(
    @Query({ schema: RefusedQuery }) { limit, ...filter }: z.infer<typeof RefusedQuery>,
  ): Promise<z.infer<typeof Refused>[]> {
    const events = await listRefused(this.operations.db, filter, limit);
    return events.map(({ id, time, ...event }) => ({ eventId: id, ...event, time: time.toISOString() }));
  }

  @Post('redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Has them sent again' })
  @ApiOkResponse({ standardSchema: Count })
  redrive(@Body({ schema: RefusedBulk }) request: RefusedBulk): Promise<z.infer<typeof Count>> {
    return this.#act('redrive', request);
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Gives them up for good; what waits behind them is sent' })
  @ApiOkResponse({ standardSchema: Count })
  discard(@Body({ schema: RefusedBulk }) request: RefusedBulk): Promise<z.infer<typeof Count>> {
    return this.#act('discard', request);
  }

  async #act(action: 'redrive' | 'discard', request: RefusedBulk) {
    assertMeant(request);
    const { db, relay } = this.operations;
    const events = await listRefused(db, request.filter);
    const ids = events.map(({ id }) => id);
    // First, so that nothing is done that nobody knows of.
    await recordActions(
      db,
      action,
      ids.map((eventId) => ({ eventId })),
      request,
    );
    const count = await (action === 'redrive' ? redriveRefused : discardRefused)(db, ids);
    relay.wake();
    return { count };
  }
}
