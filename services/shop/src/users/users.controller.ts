import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Headers, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UserRegistered } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Problem } from '@everyhop/service';
import { Kysely, type Selectable } from 'kysely';
import { z } from 'zod';
import type { ShopDatabase } from '../database.ts';
import { firstWithKey, hashOf, idempotencyHeader, idempotencyKey } from '../idempotency.ts';
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
  @ApiHeader(idempotencyHeader)
  @ApiCreatedResponse({
    standardSchema: User,
    headers: { Location: { schema: { type: 'string', format: 'uri' } } },
  })
  async register(
    @Body({ schema: Registration }) registration: Registration,
    @Headers('idempotency-key') header: string | undefined,
    @Req() request: Reached,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<User> {
    const key = idempotencyKey(header);
    const hash = hashOf(registration);
    const user = await this.outbox.transaction(async (tx) => {
      const first = await firstWithKey(tx, 'users', key, hash);
      if (first) return viewOf(first);
      const row = await tx
        .insertInto('users')
        .values({ ...registration, idempotency_key: key, request_hash: hash })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw emailTaken();
      const user = viewOf(row);
      await tx.publish(UserRegistered({ ...user, registeredAt: row.registered_at }));
      return user;
    });
    response.setHeader('Location', `${originOf(request)}/users/${user.userId}`);
    return user;
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
