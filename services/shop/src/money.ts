import { z } from 'zod';

const currency = 'EUR';

/** Money in JSON: minor units as text, since a JSON number may be rounded on its way. */
export const Money = z.object({
  amount: z.string().describe('minor units of the currency: cents').meta({ example: '1899' }),
  currency: z.string().describe('ISO 4217').meta({ example: currency }),
});
export type Money = z.infer<typeof Money>;

/** Cents as the money of an event. */
export const euros = (cents: bigint) => ({ amount: cents, currency });

/** Cents as money in JSON. */
export const eurosInJson = (cents: bigint | string): Money => ({ amount: cents.toString(), currency });
