import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The instances of all providers of `app`, each once, on which `@On` and `@Job` methods are looked for. */
export const discoverProviders = (app: INestApplicationContext): object[] => {
  const instances = app
    .get(DiscoveryService)
    .getProviders()
    .map(({ instance }) => instance as unknown);
  // One instance may be provided under several tokens.
  return [...new Set(instances.filter(isObject))];
};
