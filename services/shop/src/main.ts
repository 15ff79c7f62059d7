import { runService } from '@everyhop/service';
import { JourneyModule } from './journey/journey.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { ProductsModule } from './products/products.module.ts';
import { UsersModule } from './users/users.module.ts';

await runService('shop', {
  features: [ProductsModule, UsersModule, OrdersModule, JourneyModule],
  migrations: new URL('../migrations/', import.meta.url),
});
