import { runService } from '@everyhop/service';
import { JourneyModule } from './journey/journey.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { ProductsModule } from './products/products.module.ts';
import { UsersModule } from './users/users.module.ts';

await runService('shop', {
  description:
    'Takes orders, and shows customers what became of them: begin with `POST /orders`, as it stands.',
  features: [OrdersModule, JourneyModule, ProductsModule, UsersModule],
  migrations: new URL('../migrations/', import.meta.url),
});
