import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import { UserRegistered } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Problem } from '@everyhop/service';
import { z } from 'zod';
import type { ShopDatabase } from '../database.ts';
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
  @ApiCreatedResponse({ standardSchema: User })
  register(@Body({ schema: Registration }) registration: Registration): Promise<z.infer<typeof User>> {
    return this.outbox.transaction(async (tx) => {
      const row = await tx
        .insertInto('users')
        .values(registration)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw emailTaken();
      const user = { userId: row.id, name: row.name, email: row.email };
      await tx.publish(UserRegistered({ ...user, registeredAt: row.registered_at }));
      return { ...user, registeredAt: row.registered_at.toISOString() };
    });
  }
}

const emailTaken = () =>
  new Problem({
    status: 409,
    detail: 'There is a user with this email address already.',
    errors: [{ pointer: '#/email', detail: 'belongs to another user' }],
  });
