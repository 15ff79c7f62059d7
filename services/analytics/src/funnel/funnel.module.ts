import { Module } from '@nestjs/common';
import { FunnelController } from './funnel.controller.ts';
import { Funnel } from './funnel.ts';
import { Noting } from './noting.ts';

/** Counts who got how far. */
@Module({ controllers: [FunnelController], providers: [Funnel, Noting] })
export class FunnelModule {}
