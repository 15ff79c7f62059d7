import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** The instances of all providers of `app`, on which `@On` and `@Job` methods are looked for. */
export const discoverProviders = (app: INestApplicationContext): object[] =>
  app
    .get(DiscoveryService)
    .getProviders()
    .map(({ instance }) => instance as unknown)
    .filter((instance) => typeof instance === 'object' && instance !== null);
