import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation } from '@nestjs/swagger';
import { UserRegistered } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Problem } from '@everyhop/service';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { ShopDatabase } from '../database.ts';
import { firstWithKey, hashOf, idempotencyKey } from '../idempotency.ts';
import { emailField, mustBe, textField } from '../text-field.ts';

const Registration = z.object({ name: textField(100), email: emailField }, mustBe('an object'));
type Registration = z.infer<typeof Registration>;

const User = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  registeredAt: z.iso.datetime(),
});

/** Where users register. */
@Controller('users')
export class UsersController {
  constructor(private readonly outbox: Outbox<ShopDatabase>) {}

  @Post()
  @ApiOperation({ summary: 'Registers a user, who will get a welcome mail' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'a new UUID for each new user' })
  @ApiCreatedResponse({ standardSchema: User })
  async register(
    @Body({ schema: Registration }) registration: Registration,
    @Headers('idempotency-key') header: string | undefined,
  ): Promise<z.infer<typeof User>> {
    const key = idempotencyKey(header);
    const hash = hashOf(registration);
    return this.outbox.transaction(async (tx) => {
      const first = await firstWithKey(tx, 'users', key, hash);
      if (first) return toUser(first);
      const row = await tx
        .insertInto('users')
        .values({ ...registration, idempotency_key: key, request_hash: hash })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw emailTaken();
      const user = toUser(row);
      await tx.publish(UserRegistered({ ...user, registeredAt: row.registered_at }));
      return user;
    });
  }
}

const toUser = ({ id, name, email, registered_at }: Selectable<ShopDatabase['users']>) => ({
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
