import { portsFrom, readSettings } from '@everyhop/local';
import { followOrder } from './follow-order.ts';
import { placeOrder } from './place-order.ts';
import {
  hopLine,
  journeyAsJson,
  missingSentence,
  placedLine,
  printJourney,
  printLinks,
} from './print-journey.ts';

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

/** `./dev order`: places orders and prints their journeys; resolves to 1 when a hop is missing after 30 s. */
export async function order({ count, json, ...addresses }: OrderOptions): Promise<number> {
  const { shop, mail } = portsFrom(readSettings().portBase);
  const system = { shop: `http://127.0.0.1:${shop}`, mail: `http://127.0.0.1:${mail}`, ...addresses };
  const placeAndPrint = json ? asJson : count === 1 ? asItHappens : afterwards;
  let left = count;
  let complete = true;
  const placeSome = async () => {
    while (left-- > 0) complete = (await placeAndPrint(system)) && complete;
  };
  await Promise.all(Array.from({ length: Math.min(count, AT_A_TIME) }, placeSome));
  return complete ? 0 : 1;
}

interface System {
  shop: string;
  mail: string;
}

/** Places one order and prints each hop when it is made. Resolves to whether all were. */
async function asItHappens({ shop, mail }: System): Promise<boolean> {
  const placed = await placeOrder(shop);
  console.log(placedLine(placed));
  const followed = await followOrder(placed, { mail, onHop: (hop) => console.log(hopLine(hop)) });
  printLinks(followed);
  return followed.missing.length === 0;
}

/** The same, printed when the journey is over, so that the lines of several orders don't mix. */
async function afterwards({ shop, mail }: System): Promise<boolean> {
  const followed = await followOrder(await placeOrder(shop), { mail });
  printJourney(followed);
  return followed.missing.length === 0;
}

async function asJson({ shop, mail }: System): Promise<boolean> {
  const followed = await followOrder(await placeOrder(shop), { mail });
  console.log(journeyAsJson(followed));
  if (followed.missing.length > 0)
    console.error(`Order ${followed.orderId}: ${missingSentence(followed.missing)}`);
  return followed.missing.length === 0;
}
