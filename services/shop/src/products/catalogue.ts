import { Injectable } from '@nestjs/common';
import { Kysely, type Selectable } from 'kysely';
import type { ShopDatabase } from '../database.ts';

/** A product as it is sold now. */
export interface Product {
  sku: string;
  name: string;
  /** Cents, before tax. */
  unitPrice: bigint;
}

/** What the shop sells. */
@Injectable()
export class Catalogue {
  constructor(private readonly db: Kysely<ShopDatabase>) {}

  /** All products, by name. */
  async list(): Promise<Product[]> {
    const rows = await this.db.selectFrom('products').selectAll().orderBy('name').execute();
    return rows.map(toProduct);
  }

  /** Those of `skus` that there are, as `db` sees them. */
  async find(skus: string[], db = this.db): Promise<Product[]> {
    const rows = await db.selectFrom('products').selectAll().where('sku', 'in', skus).execute();
    return rows.map(toProduct);
  }
}

const toProduct = ({ sku, name, unit_price }: Selectable<ShopDatabase['products']>): Product => ({
  sku,
  name,
  unitPrice: BigInt(unit_price),
});
