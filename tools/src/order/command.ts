import { parseArgs } from 'node:util';
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

const USAGE = `./dev order [--count N] [--json] [--shop URL] [--mail URL]
  Places N orders (default 1), ten at a time, and follows each over its hops. Exits with 1 when a hop is missing after 30 s.
  --json   one object a line
  --shop   the shop's address (default: the local stack's, by EVERYHOP_PORT_BASE)
  --mail   the address of the mail sink or Mailpit (default: the local stack's)`;

const AT_A_TIME = 10;

/** `./dev order`: places orders and prints their journeys; resolves to the exit code. */
export async function order(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(`${options}\n${USAGE}`);
    return 2;
  }
  const { count, json } = options;
  const placeAndPrint = json ? asJson : count === 1 ? asItHappens : afterwards;
  let left = count;
  let complete = true;
  const placeSome = async () => {
    while (left-- > 0) complete = (await placeAndPrint(options)) && complete;
  };
  try {
    await Promise.all(Array.from({ length: Math.min(count, AT_A_TIME) }, placeSome));
    return complete ? 0 : 1;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

interface Options {
  count: number;
  json: boolean;
  shop: string;
  mail: string;
}

/** What is wrong with `args` as a sentence, or what they say. */
function readOptions(args: string[]): Options | string {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { count: text, json: { type: 'boolean' }, shop: text, mail: text },
    });
    const { count = '1', json = false, ...urls } = values;
    if (!/^[1-9]\d{0,5}$/.test(count)) return `--count must be a number from 1 to 999999, but is ${count}`;
    for (const [name, url] of Object.entries(urls)) {
      if (!/^https?:/.test(url) || !URL.canParse(url))
        return `--${name} must be an address like http://127.0.0.1:4001, but is ${url}`;
    }
    const { shop, mail } = portsFrom(readSettings().portBase);
    return {
      count: Number(count),
      json,
      shop: `http://127.0.0.1:${shop}`,
      mail: `http://127.0.0.1:${mail}`,
      ...urls,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Places one order and prints each hop when it is made. Resolves to whether all were. */
async function asItHappens({ shop, mail }: Options): Promise<boolean> {
  const placed = await placeOrder(shop);
  console.log(placedLine(placed));
  const followed = await followOrder(placed, { mail, onHop: (hop) => console.log(hopLine(hop)) });
  printLinks(followed);
  return followed.missing.length === 0;
}

/** The same, printed when the journey is over, so that the lines of several orders don't mix. */
async function afterwards({ shop, mail }: Options): Promise<boolean> {
  const followed = await followOrder(await placeOrder(shop), { mail });
  printJourney(followed);
  return followed.missing.length === 0;
}

async function asJson({ shop, mail }: Options): Promise<boolean> {
  const followed = await followOrder(await placeOrder(shop), { mail });
  console.log(journeyAsJson(followed));
  if (followed.missing.length > 0)
    console.error(`Order ${followed.orderId}: ${missingSentence(followed.missing)}`);
  return followed.missing.length === 0;
}
