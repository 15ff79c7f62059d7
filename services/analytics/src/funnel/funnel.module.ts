import { Module } from '@nestjs/common';
import { FunnelController } from './funnel.controller.ts';
import { Funnel } from './funnel.ts';
import { FunnelProjection } from './funnel-projection.ts';

/** Counts who got how far. */
@Module({ controllers: [FunnelController], providers: [Funnel, FunnelProjection] })
export class FunnelModule {}
