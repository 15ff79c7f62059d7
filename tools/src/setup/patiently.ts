import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 500;
// https://www.postgresql.org/docs/current/errcodes-appendix.html: too many clients, it is starting or stopping.
const passing = ['53300', '57P01', '57P03', 'REGISTRY_UNAVAILABLE'];
const network = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENOTFOUND'];
const kafka = ['KafkaJSConnectionError', 'KafkaJSRequestTimeoutError'];

/**
 * Does `work`, which can be repeated, again and again while what it needs does not answer, for up to `patienceMs`
 * (default: two minutes), and says so once through `say`. Any other failure is thrown at once.
 */
export async function patiently<R>(
  work: () => Promise<R>,
  { patienceMs = 120_000, say = console.error as (line: string) => void } = {},
): Promise<R> {
  const deadline = Date.now() + patienceMs;
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await work();
    } catch (error) {
      const reasons = causesOf(error);
      if (!reasons.some(isPassing) || Date.now() >= deadline) throw error;
      const why = [...new Set(reasons.map(({ message }) => message))].join(': ');
      if (!isSaid) say(`Not yet, trying again for up to ${patienceMs / 1000} s: ${why}.`);
      await delay(pauseMs);
    }
  }
}

const isPassing = ({ code = '', name }: Error & { code?: string }) =>
  [...passing, ...network].includes(code) || kafka.includes(name);

/** The error, and what has led to it. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const several = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...several].flatMap(causesOf)];
}
