import { Module } from '@nestjs/common';
import { Catalogue } from './catalogue.ts';
import { ProductsController } from './products.controller.ts';

/** The catalogue. */
@Module({ controllers: [ProductsController], providers: [Catalogue], exports: [Catalogue] })
export class ProductsModule {}
