import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { eurosInJson, Money } from '../money.ts';
import { Catalogue } from './catalogue.ts';

const ProductView = z.object({
  sku: z.string().meta({ example: 'HOP-MUG' }),
  name: z.string(),
  unitPrice: Money.describe('before tax'),
});

/** The catalogue. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly catalogue: Catalogue) {}

  @Get()
  @ApiOperation({ summary: 'What can be ordered, and for how much' })
  @ApiOkResponse({ standardSchema: z.array(ProductView) })
  async list(): Promise<z.infer<typeof ProductView>[]> {
    const products = await this.catalogue.list();
    return products.map(({ unitPrice, ...product }) => ({ ...product, unitPrice: eurosInJson(unitPrice) }));
  }
}
