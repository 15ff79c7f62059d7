import { portsFrom, readSettings } from '@everyhop/local';
import { type FollowedOrder, followOrder } from './follow-order.ts';
import { placeOrder } from './place-order.ts';
import { journeyAsJson, journeyLines, missingSentence, placedLine, summary } from './print-journey.ts';

const AT_A_TIME = 10;

/** What `./dev order` is given. */
interface OrderOptions {
  /** How many orders. */
  count: number;
  /** Whether each is one object a line. */
  json?: boolean;
  /** Address of the shop. Default: the local stack's. */
  shop?: string;
  /** Address of the mail sink or Mailpit. Default: the local stack's. */
  mail?: string;
}

/**
 * `./dev order`: places orders and prints their journeys, of several also what they come to. Resolves to 1 when a hop
 * is missing after 30 s, or an order was not taken.
 */
export async function order({ count, json = false, ...addresses }: OrderOptions): Promise<number> {
  const { shop, mail } = portsFrom(readSettings().portBase);
  const system = { shop: `http://127.0.0.1:${shop}`, mail: `http://127.0.0.1:${mail}`, ...addresses };
  const followed: FollowedOrder[] = [];
  const refused: Error[] = [];
  let left = count;
  const placeSome = async () => {
    while (left-- > 0) {
      const one = await placeAndFollow(system, { json, live: count === 1 && !json }).catch((error) => {
        refused.push(error);
      });
      if (one) followed.push(one);
      // Nothing is gained by asking a shop for more that does not take any.
      else if (followed.length === 0) left = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, AT_A_TIME) }, placeSome));
  for (const sentence of new Set(refused.map(({ message }) => message))) console.error(sentence);
  if (count > 1 && !json && followed.length > 0) console.log(summary(followed, refused.length));
  return refused.length === 0 && followed.every(({ missing }) => missing.length === 0) ? 0 : 1;
}

interface System {
  shop: string;
  mail: string;
}

/** Prints one order and its hops in the order of time; when `live`, at once that it is taken. */
async function placeAndFollow(
  { shop, mail }: System,
  { json, live }: { json: boolean; live: boolean },
): Promise<FollowedOrder> {
  const placed = await placeOrder(shop);
  if (live) console.log(placedLine(placed));
  const followed = await followOrder(placed, { mail });
  if (json) console.log(journeyAsJson(followed));
  // In one go, so that the lines of several orders don't mix.
  else console.log([...(live ? [] : [placedLine(placed)]), ...journeyLines(followed)].join('\n'));
  if (followed.missing.length > 0) console.error(missingSentence(followed));
  return followed;
}
