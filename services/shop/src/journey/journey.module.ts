import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders/orders.module.ts';
import { Journey } from './journey.ts';
import { JourneyController } from './journey.controller.ts';
import { JourneyFeed } from './journey-feed.ts';

/** What happens to an order after it was placed, here and elsewhere. */
@Module({ imports: [OrdersModule], controllers: [JourneyController], providers: [Journey, JourneyFeed] })
export class JourneyModule {}
