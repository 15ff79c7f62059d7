import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.ts';
import { OrderLinks } from './order-links.ts';
import { Orders } from './orders.ts';
import { OrdersController } from './orders.controller.ts';

/** Placing orders. */
@Module({
  imports: [ProductsModule],
  controllers: [OrdersController],
  providers: [Orders, OrderLinks],
  exports: [Orders, OrderLinks],
})
export class OrdersModule {}
