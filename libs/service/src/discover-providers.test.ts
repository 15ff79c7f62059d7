import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { expect, test } from '@jest/globals';
import { discoverProviders } from './discover-providers.ts';

@Injectable()
class Deep {}

@Module({
  providers: [Deep, { provide: 'SETTING', useValue: 'text' }, { provide: 'NOTHING', useValue: null }],
})
class DeepModule {}

@Injectable()
class Shallow {}

@Module({
  imports: [DiscoveryModule, DeepModule],
  providers: [Shallow, { provide: 'ALIAS', useExisting: Shallow }],
})
class ShallowModule {}

test('the providers of all modules are found, each once, and plain values are left out', async () => {
  const app = await NestFactory.createApplicationContext(ShallowModule, { logger: false });
  const found = discoverProviders(app);
  expect(found.filter((provider) => provider instanceof Shallow)).toHaveLength(1);
  expect(found.filter((provider) => provider instanceof Deep)).toHaveLength(1);
  for (const provider of found) expect(provider).toBeInstanceOf(Object);
  await app.close();
});
