import { z } from 'zod';
import { emailField, mustBe, textField } from '../text-field.ts';

/** An order that can be sent as it stands. */
const example = {
  customer: { name: 'Ada Lovelace', email: 'ada@example.org' },
  shippingAddress: {
    name: 'Ada Lovelace',
    street: 'Main St 1',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  lines: [{ sku: 'HOP-MUG', quantity: 2 }],
};

const Customer = z.object(
  {
    customerId: z.uuid('must be the id of a user').nullish(),
    name: textField(100),
    email: emailField,
  },
  mustBe('an object'),
);
/** Who orders; `customerId` when they are registered. */
export type Customer = z.infer<typeof Customer>;

const ShippingAddress = z.object(
  {
    name: textField(100),
    street: textField(100),
    postalCode: textField(16),
    city: textField(100),
    country: z
      .string(mustBe('text'))
      .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters, such as DE'),
  },
  mustBe('an object'),
);
/** Where the goods go. */
export type ShippingAddress = z.infer<typeof ShippingAddress>;

const RequestedLine = z.object(
  {
    sku: textField(64).meta({ example: 'HOP-MUG' }),
    quantity: z
      .number(mustBe('a number'))
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(1000, 'must be at most 1000')
      .meta({ example: 2 }),
  },
  mustBe('an object'),
);
/** A product, and how many of it. */
export type RequestedLine = z.infer<typeof RequestedLine>;

/** What a client sends to place an order; what it has to pay is for the shop to say. */
export const OrderRequest = z
  .object(
    {
      customer: Customer,
      shippingAddress: ShippingAddress,
      lines: z
        .array(RequestedLine, mustBe('a list'))
        .min(1, 'must have at least one line')
        .max(100, 'must have at most 100 lines'),
    },
    mustBe('an object'),
  )
  .meta({ example });
export type OrderRequest = z.infer<typeof OrderRequest>;
