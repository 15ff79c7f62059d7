import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.ts';
import { Earning } from './earning.ts';

/** Keeps an account of points for each customer. */
@Module({ controllers: [AccountsController], providers: [Earning] })
export class AccountsModule {}
