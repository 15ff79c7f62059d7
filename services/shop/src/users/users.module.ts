import { Module } from '@nestjs/common';
import { UsersController } from './users.controller.ts';

/** Who has an account. */
@Module({ controllers: [UsersController] })
export class UsersModule {}
