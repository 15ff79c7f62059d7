import { Problem } from '@everyhop/service';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Kysely } from 'kysely';
import { z } from 'zod';
import { levelOf } from './account.ts';
import { load } from './account-log.ts';
import type { LoyaltyDatabase } from './database.ts';

const AccountView = z.object({
  customerId: z.uuid(),
  balance: z.number().describe('points'),
  level: z.enum(['basic', 'silver', 'gold']),
  orders: z.number().describe('how many orders brought points'),
  since: z.iso.datetime().nullable().describe('when its owner registered'),
  version: z.number().describe('how many events have made it'),
});

/** The points of a customer. */
@ApiTags('accounts')
@Controller('accounts')
export class AccountsController {
  constructor(private readonly db: Kysely<LoyaltyDatabase>) {}

  @Get(':customerId')
  @ApiOperation({ summary: 'The points of a customer' })
  @ApiOkResponse({ standardSchema: AccountView })
  async get(
    @Param('customerId', { schema: z.uuid() }) customerId: string,
  ): Promise<z.infer<typeof AccountView>> {
    const { version, account } = await load(this.db, customerId);
    if (version > 0) return { customerId, ...account, level: levelOf(account), version };
    const detail = `Nothing has brought points to ${customerId}; take the id from an answer to POST /users.`;
    throw new Problem({ status: 404, title: 'Account not found', detail });
  }
}
