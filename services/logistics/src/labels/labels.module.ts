import { Module } from '@nestjs/common';
import { Labels } from './labels.ts';
import { ShipmentsController } from './shipments.controller.ts';

/** Creates a shipment for each order and serves its label as PDF. */
@Module({ controllers: [ShipmentsController], providers: [Labels] })
export class LabelsModule {}
