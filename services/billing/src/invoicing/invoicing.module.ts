import { Module } from '@nestjs/common';
import { InvoicesController } from './invoices.controller.ts';
import { Invoicing } from './invoicing.ts';

/** Issues invoices for orders and serves them as PDF. */
@Module({ controllers: [InvoicesController], providers: [Invoicing] })
export class InvoicingModule {}
