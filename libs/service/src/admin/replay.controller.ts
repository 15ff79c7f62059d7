import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Replay, ReplayRefused } from '@everyhop/inbox';
import { cancelReplay, listReplays } from '@everyhop/inbox/admin';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { Operations } from './operations.ts';
import { ListQuery, Operator, text, wholeNumber } from './request.ts';

const start = z
  .union(
    [
      z.literal('beginning'),
      z.iso.datetime({ offset: true }).transform((moment) => new Date(moment)),
      z
        .string()
        .regex(/^\d{1,18}$/)
        .transform(BigInt),
    ],
    'must be beginning, a time in ISO 8601 such as 2030-01-31T12:00:00Z, or an offset',
  )
  .default('beginning')
  .describe('beginning, a time in ISO 8601, or an offset, which then counts in every partition');

const ReplayRequest = z.strictObject({
  ...Operator.shape,
  handler: text.optional().describe('default: all that are replayable'),
  key: text.optional().describe('default: all'),
  from: start,
});
type ReplayRequest = z.infer<typeof ReplayRequest>;

const ReplayView = z.object({
  id: z.number(),
  handler: z.string(),
  key: z.string().nullable(),
  from: z.string(),
  state: z.enum(['running', 'finished', 'cancelled']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  handled: z.number().describe('events handled again so far'),
  remaining: z.number().nullable().describe('records still to be read'),
  failure: z.string().nullable().describe('the event at which it stands still, and why'),
  by: z.string(),
  why: z.string(),
});

/** As its column: a Postgres `int`. */
const replayId = wholeNumber(2 ** 31 - 1);

const view = ({ startedAt, finishedAt, ...replay }: Replay): z.infer<typeof ReplayView> => ({
  ...replay,
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});

/** Handling past events again. */
@ApiTags('operations')
@Controller('admin/replay')
export class ReplayController {
  constructor(private readonly operations: Operations) {}

  @Get()
  @ApiOperation({ summary: 'Replays and how far they are, the last first' })
  @ApiOkResponse({ standardSchema: z.array(ReplayView) })
  async list(@Query({ schema: ListQuery }) { limit }: ListQuery): Promise<z.infer<typeof ReplayView>[]> {
    return (await listReplays(this.operations.db, limit)).map(view);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Has handlers that are replayable handle past events again, in the background' })
  @ApiAcceptedResponse({ standardSchema: z.array(ReplayView) })
  async begin(
    @Body({ schema: ReplayRequest }) request: ReplayRequest,
  ): Promise<z.infer<typeof ReplayView>[]> {
    try {
      return (await this.operations.inbox.replay(request, request)).map(view);
    } catch (error) {
      if (error instanceof ReplayRefused)
        throw new Problem({ status: 409, title: 'Replay refused', detail: error.message, cause: error });
      throw error;
    }
  }

  @Post(':id/cancel')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a replay where it is; what was parked behind it goes on' })
  @ApiNoContentResponse()
  async cancel(
    @Param('id', { schema: replayId }) id: number,
    @Body({ schema: Operator }) operator: z.infer<typeof Operator>,
  ) {
    const wasRunning = await cancelReplay(this.operations.db, id, operator);
    if (!wasRunning) throw new Problem({ status: 404, detail: `There is no replay ${id} that is running.` });
    this.operations.inbox.wake();
  }
}
