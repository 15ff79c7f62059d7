import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { listActions } from '@everyhop/inbox/admin';
import { z } from 'zod';
import { Operations } from './operations.ts';
import { ListQuery } from './request.ts';

const ActionView = z.object({
  at: z.iso.datetime(),
  action: z.enum(['redrive', 'discard', 'replay', 'cancel']),
  by: z.string(),
  why: z.string(),
  handler: z.string().nullable().describe('null: the event was refused by the broker'),
  eventId: z.string().nullable().describe('null: it was about the handler as a whole'),
});

/** What operators did. */
@ApiTags('operations')
@Controller('admin/actions')
export class ActionsController {
  constructor(private readonly operations: Operations) {}

  @Get()
  @ApiOperation({ summary: 'What operators did, when and why, the last first' })
  @ApiOkResponse({ standardSchema: z.array(ActionView) })
  async list(@Query({ schema: ListQuery }) { limit }: ListQuery): Promise<z.infer<typeof ActionView>[]> {
    const actions = await listActions(this.operations.db, limit);
    return actions.map(({ at, ...action }) => ({ ...action, at: at.toISOString() }));
  }
}
