import {
  type DynamicModule,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { adminControllers } from './admin/index.ts';
import { HealthController } from './health/health.controller.ts';
import { jsonBody } from './http/json-body.ts';
import { ProblemFilter } from './http/problem-filter.ts';
import { knownMethods } from './http/routes.ts';
import { ValidationPipe } from './http/validation-pipe.ts';
import { MetricsController } from './metrics/metrics.controller.ts';

/** What every feature of a service can have injected. */
@Module({})
class Platform {}

/** The root: the platform, how HTTP is spoken, and the features. */
@Module({
  controllers: [HealthController, MetricsController, ...adminControllers],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class ServiceModule implements NestModule {
  /** `injectables` can be injected into every provider of `features`. */
  static forRoot(injectables: Provider[], logging: DynamicModule, features: Type[]): DynamicModule {
    const exported = injectables.map((provider) =>
      typeof provider === 'function' ? provider : provider.provide,
    );
    const platform = { module: Platform, global: true, providers: injectables, exports: exported };
    return { module: ServiceModule, imports: [logging, DiscoveryModule, platform, ...features] };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(knownMethods, jsonBody).forRoutes('{/*path}');
  }
}
