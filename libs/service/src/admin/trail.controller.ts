import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { readTrail } from '@everyhop/inbox/admin';
import { z } from 'zod';
import { Operations } from './operations.ts';
import { limit, text } from './request.ts';

const TrailQuery = z
  .strictObject({
    eventId: text.optional(),
    key: text.optional(),
    correlationId: text.describe('of the first event, for all that followed from it').optional(),
    limit,
  })
  .refine(({ limit: _, ...of }) => Object.values(of).filter((one) => one !== undefined).length === 1, {
    error: 'give one of eventId, key and correlationId',
  });

const Entry = z.object({
  at: z.iso.datetime(),
  what: z.enum([
    'handled',
    'replayed',
    'failed',
    'parked',
    'dead',
    'redriven',
    'discarded',
    'unsent',
    'refused',
  ]),
  eventId: z.string(),
  type: z.string().nullable(),
  handler: z.string().nullable().describe('null: it was published, or should have been'),
  key: z.string().nullable(),
  correlationId: z.string().nullable(),
  attempt: z.number().nullable(),
  reason: z.string().nullable().describe('of a failure, or what the operator said'),
  by: z.string().nullable().describe('the operator'),
  traceId: z.string().nullable(),
});

/** What happened to events. */
@ApiTags('operations')
@Controller('admin/trail')
export class TrailController {
  constructor(private readonly operations: Operations) {}

  @Get()
  @ApiOperation({
    summary: 'All that happened to an event, or to those of a key or a correlation, in this service',
  })
  @ApiOkResponse({ standardSchema: z.array(Entry) })
  async list(
    @Query({ schema: TrailQuery }) { limit, ...of }: z.infer<typeof TrailQuery>,
  ): Promise<z.infer<typeof Entry>[]> {
    const { db, inbox } = this.operations;
    const typeOf = new Map(inbox.handlers.map(({ id, event }) => [id, event.type]));
    const entries = await readTrail(db, of, limit);
    return entries.map(({ at, type, handler, ...entry }) => ({
      ...entry,
      at: at.toISOString(),
      handler,
      type: type ?? typeOf.get(handler ?? '') ?? null,
    }));
  }
}
