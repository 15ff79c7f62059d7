import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { fromHeaders } from '@everyhop/events';
import { recordActions } from '@everyhop/inbox/admin';
import { Jobs } from '@everyhop/service';
import { Kysely } from 'kysely';
import { z } from 'zod';
import type { CrmDatabase } from './database.ts';

const State = z.enum(['failed', 'uncertain']);
const Filter = z.strictObject({ state: State.optional(), emailId: z.uuid().optional() });
const ListQuery = Filter.extend({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });
const Decision = z.strictObject({
  filter: Filter.refine(({ state, emailId }) => state ?? emailId, 'must name a state or an email'),
  by: z.string().min(1).describe('who acts'),
  why: z.string().min(1),
});
type Decision = z.infer<typeof Decision>;

const GivenUp = z.object({
  emailId: z.string(),
  state: State.describe('failed: refused for good; uncertain: may have arrived'),
  since: z.iso.datetime(),
  kind: z.string(),
  orderId: z.string().nullable(),
  tries: z.number(),
  uncertain: z.number().describe('tries after which it may have arrived'),
  lastError: z.string().nullable(),
});
const Count = z.object({ count: z.number() });

/** Emails that are not sent again on their own. */
@ApiTags('operations')
@Controller('admin/emails')
export class EmailsController {
  constructor(
    private readonly db: Kysely<CrmDatabase>,
    private readonly jobs: Jobs,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Emails that wait for an operator, the last first' })
  @ApiOkResponse({ standardSchema: z.array(GivenUp) })
  async list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
  ): Promise<z.infer<typeof GivenUp>[]> {
    const { limit, state, emailId } = query;
    let emails = this.db.selectFrom('emails').selectAll().where('state', 'in', State.options);
    if (state) emails = emails.where('state', '=', state);
    if (emailId) emails = emails.where('id', '=', emailId);
    const rows = await emails.orderBy('state_since', 'desc').limit(limit).execute();
    return rows.map(({ id, state_since, kind, order_id, tries, uncertain, last_error, ...row }) => ({
      ...{ emailId: id, state: row.state as z.infer<typeof State>, since: state_since.toISOString(), kind },
      ...{ orderId: order_id, tries, uncertain, lastError: last_error },
    }));
  }

  @Post('redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Has them sent again, those that may have arrived, too' })
  @ApiOkResponse({ standardSchema: Count })
  redrive(@Body({ schema: Decision }) decision: Decision): Promise<z.infer<typeof Count>> {
    return this.#decide('redrive', decision);
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Gives them up for good' })
  @ApiOkResponse({ standardSchema: Count })
  discard(@Body({ schema: Decision }) decision: Decision): Promise<z.infer<typeof Count>> {
    return this.#decide('discard', decision);
  }

  #decide(action: 'redrive' | 'discard', { filter, by, why }: Decision) {
    const { state, emailId } = filter;
    return this.db.transaction().execute(async (tx) => {
      let update = tx
        .updateTable('emails')
        .set({ state: action === 'redrive' ? 'pending' : 'discarded', state_since: new Date(), uncertain: 0 })
        .where('state', 'in', State.options);
      if (state) update = update.where('state', '=', state);
      if (emailId) update = update.where('id', '=', emailId);
      const emails = await update.returning(['id', 'event_id', 'cause']).execute();
      await recordActions(
        tx,
        action,
        emails.map(({ event_id }) => ({ eventId: event_id })),
        { by, why },
      );
      for (const { id, cause } of action === 'redrive' ? emails : [])
        await this.jobs.add(
          tx,
          'send-email',
          { emailId: id },
          { key: id, cause: cause ? fromHeaders(cause) : undefined },
        );
      return { count: emails.length };
    });
  }
}
