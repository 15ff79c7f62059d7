import type { SchemaRegistry } from '@everyhop/kafka';
import type { Kysely } from 'kysely';
import { backoffMs, toMs, type Backoff } from '@everyhop/telemetry/internal';
import { outageBackoff } from '../handler/backoff.ts';
import type { Item } from '../record/item.ts';
import { isOfPostgres, isOutage, suspicionOf } from './outage.ts';
import { tryOwnStatements } from './own-statements.ts';
import { Suspects } from './suspects.ts';

/** Something that all events need is away or broken: to be waited for, with nothing counted. */
export class Outage extends Error {
  override readonly name = 'Outage';
  readonly code = 'OUTAGE';
}

/** Whether `error` is an outage, or may be one; see `suspicionOf`. */
export const isAway = (error: unknown): boolean => error instanceof Outage || isOutage(error);

/** Postgres's codes for who has waited too long: for a lock; a statement, a pause or a transaction that took too long. */
const waitCodes = ['55P03', '57014', '25P03', '25P04'];

/**
 * What the inbox itself asks of the database; rejects with `Outage` when that meets a limit that an operator has set, such
 * as `lock_timeout`: what it waits for is in the hands of another transaction, and no event is to blame.
 */
export async function ownWork<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isOfPostgres(error) || !waitCodes.includes((error as { code: string }).code)) throw error;
    throw new Outage(`what the inbox needs is locked, or slow: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** An event that failed, for a handler. */
export interface Failed {
  handler: string;
  eventId: string;
  topic: string;
  partition: number;
}

/**
 * What a failure means: it is an `attempt` of its event; or that is in doubt, and the event is to be tried `again` soon
 * or, as others may not need what it needs, be put `aside` for a while.
 */
export type Verdict = 'attempt' | 'again' | 'aside';

/**
 * The tries in a row that are not counted. A restart of the database breaks a second session, too. Of two transactions
 * that wait for each other Postgres ends the one that began to wait first, which may be the same one many times.
 */
export const freeTries = { session: 2, registry: 2, conflict: 10 };

/** How long to wait, in ms, until what failed `times` times with `error` is tried again, with nothing counted. */
export function againMs(error: unknown, times: number, backoff: Backoff = outageBackoff): number {
  // At random, so that it does not keep step with the other transaction.
  return suspicionOf(error) === 'conflict' ? Math.random() * toMs(backoff.first) : backoffMs(times, backoff);
}

/** Tells an outage from the failure of an event: an outage is what others suffer, too. */
export class Outages {
  readonly #options: { db: Kysely<any>; service: string; registry: SchemaRegistry };
  readonly #suspects = new Suspects();
  readonly #aside = new Map<string, { count: number; next: number }>();

  constructor(options: { db: Kysely<any>; service: string; registry: SchemaRegistry }) {
    this.#options = options;
  }

  /** Notes that these were handled. */
  passed(items: Pick<Item, 'handler' | 'event'>[]): void {
    for (const { handler, event } of items) {
      this.#suspects.passed(handler.id, event.id);
      this.#aside.delete(handler.id);
    }
  }

  /** What it means that an event failed with `error`. Throws `Outage` when something is away for all. */
  async weigh(failed: Failed, error: unknown): Promise<Verdict> {
    if (error instanceof Outage) throw error;
    const suspicion = suspicionOf(error);
    if (!suspicion && !isOfPostgres(error)) return 'attempt';
    await this.confirm(failed, error);
    if (!suspicion) return 'attempt';
    const { times, isAlone } = this.#suspects.failed(failed.handler, failed.eventId);
    if (suspicion === 'elsewhere') return isAlone ? 'attempt' : 'aside';
    if (times <= freeTries[suspicion]) return 'again';
    this.#suspects.blame(failed.handler, failed.eventId);
    return 'attempt';
  }

  /** Throws `Outage` when the database or the registry fail for others, too. */
  async confirm(failed: Omit<Failed, 'eventId'>, error: unknown): Promise<void> {
    const { db, service, registry } = this.#options;
    await tryOwnStatements(db, service, failed).catch((cause: unknown) => {
      throw new Outage(sentenceOn(cause), { cause });
    });
    if (suspicionOf(error) === 'registry' && !(await registry.answers()))
      throw new Outage('the schema registry does not answer', { cause: error });
  }

  /**
   * Whether one more event of `handler` may be put aside, so that the next shows whether it needs the same. While
   * nobody gets through that is less and less often, down to every 5 s: the others wait on their topic.
   */
  mayPutAside(handler: string): boolean {
    const now = performance.now();
    const { count, next } = this.#aside.get(handler) ?? { count: 0, next: now + outageBackoff.first / 2 };
    const may = now >= next;
    const after = may
      ? { count: count + 1, next: now + backoffMs(count + 1, outageBackoff) }
      : { count, next };
    this.#aside.set(handler, after);
    return may;
  }
}

/** What is wrong and what to do, in a sentence. */
function sentenceOn(cause: unknown): string {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  if (suspicionOf(cause)) return message || 'the database does not answer';
  const what = `what the inbox itself writes fails, whatever the event: ${message}`;
  if (code === '42501') return `${what}; grant it to the role of the service`;
  if (/^(42|3[DF])/.test(code))
    return `${what}; apply all migrations, or undo what changed a table of theirs`;
  if (code.startsWith('23')) return `${what}; remove what was added to a table of the migrations`;
  return what;
}
