import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UserRegistered } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Problem } from '@everyhop/service';
import { Kysely, type Selectable } from 'kysely';
import { z } from 'zod';
import type { ShopDatabase } from '../database.ts';
import { originOf, type Reached } from '../orders/origin.ts';
import { emailField, mustBe, textField } from '../text-field.ts';

const Registration = z
  .object({ name: textField(100), email: emailField }, mustBe('an object'))
  .meta({ example: { name: 'Ada Lovelace', email: 'ada@example.org' } });
type Registration = z.infer<typeof Registration>;

const User = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  registeredAt: z.iso.datetime(),
});
type User = z.infer<typeof User>;

/** Where users register. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly db: Kysely<ShopDatabase>,
    private readonly outbox: Outbox<ShopDatabase>,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Registers a user, who will get a welcome mail' })
  @ApiCreatedResponse({
    standardSchema: User,
    headers: { Location: { schema: { type: 'string', format: 'uri' } } },
  })
  async register(
    @Body({ schema: Registration }) registration: Registration,
    @Req() request: Reached,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<User> {
    const row = await this.outbox.transaction(async (tx) => {
      const row = await tx
        .insertInto('users')
        .values(registration)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw emailTaken();
      const { id: userId, name, email, registered_at: registeredAt } = row;
      await tx.publish(UserRegistered({ userId, name, email, registeredAt }));
      return row;
    });
    response.setHeader('Location', `${originOf(request)}/users/${row.id}`);
    return viewOf(row);
  }

  @Get(':userId')
  @ApiOperation({ summary: 'A user' })
  @ApiOkResponse({ standardSchema: User })
  async get(@Param('userId', { schema: z.uuid('must be a UUID') }) userId: string): Promise<User> {
    const row = await this.db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (row) return viewOf(row);
    throw new Problem({ status: 404, title: 'User not found', detail: `There is no user ${userId}.` });
  }
}

const viewOf = ({ id, name, email, registered_at }: Selectable<ShopDatabase['users']>): User => ({
  userId: id,
  name,
  email,
  registeredAt: registered_at.toISOString(),
});

const emailTaken = () =>
  new Problem({
    status: 409,
    detail: 'There is a user with this email address already.',
    errors: [{ pointer: '#/email', detail: 'belongs to another user' }],
  });
