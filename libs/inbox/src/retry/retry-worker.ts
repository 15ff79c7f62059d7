import { setTimeout as delay } from 'node:timers/promises';
import { appendToOutbox } from '@everyhop/outbox/internal';
import { inSavepoint, inTransaction } from '@everyhop/postgres';
import { WakeUp } from '@everyhop/postgres/internal';
import { silentLogger, type Logger } from '@everyhop/telemetry';
import { sql, type Kysely, type Transaction } from 'kysely';
import { backoffMs } from '@everyhop/telemetry/internal';
import { nextWait, outageBackoff } from '../handler/backoff.ts';
import { setOutcome } from '../ledger/claim.ts';
import { sendDeadLetter } from '../parking/dead-letter.ts';
import { type Failure, reasonOf } from '../handler/failure.ts';
import { EndedItsProcess, HandlerTimedOut } from '../batch/given-up.ts';
import { handleItem, type HandleOptions } from '../batch/handle.ts';
import { defaultRetry, type Handler } from '../handler/handler.ts';
import { recordHistory } from '../ledger/history.ts';
import { isUnreadable, readRecord, type Subscriptions } from '../record/item.ts';
import { countEvents, countHandled } from '../record/metrics.ts';
import { isOfPostgres } from '../outage/outage.ts';
import { againMs, isAway, Outage, Outages, ownWork } from '../outage/outages.ts';
import { blocksWhenDead, inMs, promoteHeads, type Parking } from '../parking/park.ts';
import { RunningHandlers } from '../batch/running.ts';
import { claimOf, logFieldsOf, recordOf, type ParkedRow } from '../parking/parked-row.ts';
import { noHandler, parkReadable } from '../parking/unreadable.ts';
import { maxStarts } from '../batch/starts.ts';
import { Due, isDue } from './due.ts';

/** What a `RetryWorker` needs. */
export interface RetryWorkerOptions extends Omit<HandleOptions, 'running'> {
  /** Default: those of this worker alone. */
  running?: RunningHandlers;
  db: Kysely<any>;
  subscriptions: Subscriptions;
  /** Default: of its own. */
  outages?: Outages;
  logger?: Logger;
  /** Called after each commit: `() => relay.wake()`. */
  onCommit?: () => void;
  /** How often to look for what no `wake` announced, in ms. Default: 30,000. */
  pollMs?: number;
}

const sayAgainMs = 60_000;
const elsewhereMs = 1_000;
/** How long a retry may take before others are tried beside it. */
const patienceMs = 1_000;
/** How many retries may be slow at a time; each holds a connection. */
const maxSlow = 5;

/**
 * Tries parked events again when they are due, the head of each line first. Any number of workers on one database
 * share the work: each takes a head that no other has locked.
 */
export class RetryWorker {
  readonly #options: RetryWorkerOptions & {
    logger: Logger;
    pollMs: number;
    running: RunningHandlers;
    outages: Outages;
  };
  readonly #slow = new Set<Promise<unknown>>();
  readonly #due: Due;
  /** Whether what is tried may be what has ended the process before: nothing is tried beside it. */
  #isAlone = false;
  readonly #wakeUp = new WakeUp();
  readonly #stopping = new AbortController();
  #sayAt = 0;
  #running: Promise<void> | undefined;

  constructor(options: RetryWorkerOptions) {
    this.#options = {
      logger: silentLogger,
      pollMs: 30_000,
      running: new RunningHandlers(options),
      outages: new Outages(options),
      ...options,
    };
    this.#due = new Due(options.db);
  }

  /** Begins to work; returns at once. While Postgres or the registry are away it waits, and no try is counted. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that something was parked, redriven or discarded. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Finishes the events in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#slow);
  }

  async #run(): Promise<void> {
    const { db, pollMs } = this.#options;
    const { signal } = this.#stopping;
    let promoteAt = 0;
    for (let outages = 0; !signal.aborted;) {
      try {
        let waiting = await this.#due.waiting();
        if (waiting.any) {
          if (performance.now() >= promoteAt) {
            await promoteHeads(db);
            promoteAt = performance.now() + pollMs;
          }
          while (!signal.aborted && (await this.#retryBesideSlow())) outages = 0;
          waiting = await this.#due.waiting();
        }
        outages = 0;
        await this.#wakeUp.wait(this.#untilNext(waiting.nextMs), signal);
      } catch (error) {
        const retryInMs = backoffMs(++outages, outageBackoff);
        this.#say(error);
        await delay(retryInMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  #say(error: unknown): void {
    if (performance.now() < this.#sayAt) return;
    this.#sayAt = performance.now() + sayAgainMs;
    const { message, cause } = error instanceof Outage ? error : { message: '', cause: error };
    this.#options.logger.warn({ err: cause }, `parked events have to wait${message && `: ${message}`}`);
  }

  /** How long to wait, in ms, when the next head is due in `nextMs`. */
  #untilNext(nextMs: number | null): number {
    const { pollMs } = this.#options;
    // What is due already is in the hands of another worker.
    if (nextMs !== null && nextMs <= 0) return elsewhereMs;
    return Math.min(nextMs ?? pollMs, pollMs);
  }

  /** As `#retryNext`, but one that takes long goes on beside those after it. */
  async #retryBesideSlow(): Promise<boolean> {
    while (this.#slow.size >= maxSlow) await Promise.race(this.#slow);
    const retrying = this.#retryNext();
    const isDone = retrying.then(() => true);
    if (await Promise.race([isDone, delay(patienceMs, false, { ref: false })])) return retrying;
    if (this.#isAlone) return retrying;
    const slow: Promise<unknown> = retrying
      .catch((error) => this.#options.logger.warn({ err: error }, 'a parked event has to wait'))
      .finally(() => {
        this.#slow.delete(slow);
        this.wake();
      });
    this.#slow.add(slow);
    return true;
  }

  /** Tries the next head that is due; `false` when there is none. */
  async #retryNext(): Promise<boolean> {
    const { db, onCommit, running } = this.#options;
    const row = await this.#due.next(this.#slow.size === 0);
    if (!row) return false;
    this.#isAlone = row.begun > 1;
    let parked: Parking[] = [];
    let isMine = false;
    try {
      await inTransaction(db, async (tx) => {
        // Shows, as every handling does, to a replay that begins that it has to wait for this one.
        await ownWork(sql`lock table inbox in row exclusive mode`.execute(tx));
        const { rows } = await sql`
          select from inbox_parked
          where position = ${row.position} and attempts = ${row.attempts} and ${isDue}
          for update skip locked`.execute(tx);
        isMine = rows.length > 0;
        if (isMine) parked = await this.#retry(tx, row);
      });
    } catch (error) {
      if (running.isStopping) {
        await this.#due.forget(row).catch(() => {});
        throw error;
      }
      await this.#settle(row, error);
      isMine = true;
    }
    if (isMine) this.#due.ended(row);
    // After the commit, since only then can a follower that came meanwhile see that it is the head.
    await promoteHeads(db, [row, ...parked]);
    onCommit?.();
    return true;
  }

  /** Tries the head `row`. Returns what it parked: of a record that can be read by now, an event for each handler. */
  async #retry(tx: Transaction<any>, row: ParkedRow): Promise<Parking[]> {
    const { subscriptions, registry, running } = this.#options;
    // Once it may have been tried beside others.
    if (row.begun > maxStarts + 1) {
      await this.#fail(tx, row, new EndedItsProcess(maxStarts));
      return [];
    }
    const record = recordOf(row);
    const read = await readRecord(record, subscriptions, registry);
    const item = Array.isArray(read) ? read.find(({ handler }) => handler.id === row.handler) : undefined;
    const attempt = row.attempts + 1;
    try {
      if (!Array.isArray(read)) throw read.reason;
      // Nobody would learn why.
      if (row.handler === noHandler && read[0]?.unread) throw read[0].unread;
      if (row.handler === noHandler) {
        await this.#finish(tx, row, attempt);
        return await parkReadable(tx, read);
      }
      if (!item) throw new Error(`this service has no handler ${row.handler} any more: discard the event`);
      // A failing handler must not undo the lock on the row, nor what is written about the failure.
      await inSavepoint(tx, async (part) => {
        const nth = { attempt, traceparent: row.redriven_by };
        const entries = await handleItem(item, part, nth, this.#options);
        await ownWork(appendToOutbox(part, entries));
        // What else only the commit would find fails here, where it counts as a try.
        await sql`set constraints all immediate`.execute(part);
      });
      await this.#finish(tx, row, attempt);
      countHandled([item]);
      this.#options.outages.passed([item]);
    } catch (error) {
      // What it was can be found out only when the transaction is over, which may have no connection any more.
      const isOver = error instanceof HandlerTimedOut || isAway(error) || isOfPostgres(error);
      if (isOver || running.isStopping) throw error;
      await this.#fail(tx, row, error);
    }
    return [];
  }

  /** Decides what becomes of a head whose try failed with its whole transaction. */
  async #settle(row: ParkedRow, error: unknown): Promise<void> {
    const { db, outages } = this.#options;
    const { handler, event_id: eventId, topic, partition } = row;
    try {
      const verdict = await outages.weigh({ handler, eventId, topic, partition }, error);
      if (verdict === 'attempt') await inTransaction(db, (tx) => this.#failAgain(tx, row, error));
      else await this.#putOff(row, error, verdict === 'again' ? againMs(error, 1) : outageBackoff.longest);
    } catch (cause) {
      await this.#putOff(row, cause, cause instanceof Outage ? outageBackoff.longest : undefined);
    }
  }

  /** Notes that a head failed, unless another worker has had it since. */
  async #failAgain(tx: Transaction<any>, row: ParkedRow, error: unknown): Promise<void> {
    const { rows } = await sql`
      select from inbox_parked
      where position = ${row.position} and state = 'waiting' and attempts = ${row.attempts}
      for update skip locked`.execute(tx);
    if (rows.length > 0) await this.#fail(tx, row, error);
  }

  async #finish(tx: Transaction<any>, row: ParkedRow, attempt: number): Promise<void> {
    await sql`delete from inbox_parked where position = ${row.position}`.execute(tx);
    await setOutcome(tx, [claimOf(row)], 'handled', attempt);
  }

  #handlerOf(row: ParkedRow): Handler | undefined {
    return [...this.#options.subscriptions.values()].flat().find(({ id }) => id === row.handler);
  }

  /** Parks a head that failed once more, or gives it up after its last try. */
  async #fail(tx: Transaction<any>, row: ParkedRow, error: unknown): Promise<void> {
    const { service, logger } = this.#options;
    const [attempts, firstFailure] = [row.attempts + 1, row.first_failure ?? new Date()];
    const failure: Failure = { error, attempts, firstFailure };
    const claim = claimOf(row);
    const handler = this.#handlerOf(row);
    const isFinal = isUnreadable(error) || error instanceof EndedItsProcess;
    const waitMs = handler && !isFinal ? nextWait(failure, handler) : undefined;
    const dead = waitMs === undefined;
    const blocks =
      !dead || (row.handler !== noHandler && blocksWhenDead(handler ?? { afterDeath: 'wait' }, error));
    const reason = reasonOf(error);
    await sql`
      update inbox_parked set
        state = ${dead ? 'dead' : 'waiting'}, blocks = ${blocks}, attempts = ${attempts}, begun = 0,
        next_attempt_at = ${inMs(waitMs)}, reason = ${reason},
        first_failure = ${firstFailure}, last_failure = now()
      where position = ${row.position}`.execute(tx);
    await recordHistory(tx, [{ ...claim, what: dead ? 'dead' : 'failed', attempt: attempts, reason }]);
    countEvents([{ handler: { id: row.handler } }], dead ? 'dead' : 'retried');
    const fields = { err: error, ...logFieldsOf(row), attempt: attempts };
    if (!dead) return logger.warn({ ...fields, retryInMs: waitMs }, 'a parked event failed again');
    logger.error(fields, 'an event is dead: redrive or discard it');
    await sendDeadLetter(tx, service, { record: recordOf(row), ...claim, failure });
    await setOutcome(tx, [claim], 'dead');
  }

  // What could be neither handled nor noted as failed must not keep other lines from their turn. `uncountedMs`: when it
  // is to be tried again, if that was no try.
  async #putOff(row: ParkedRow, error: unknown, uncountedMs?: number): Promise<void> {
    const { db, logger } = this.#options;
    if (uncountedMs !== undefined) this.#say(error);
    const attempts = uncountedMs === undefined ? row.attempts + 1 : row.attempts;
    const waitMs =
      uncountedMs ?? backoffMs(attempts, { first: defaultRetry.delay, longest: defaultRetry.maxDelay });
    await sql`
      update inbox_parked set attempts = ${attempts}, begun = 0, next_attempt_at = ${inMs(waitMs)},
                              reason = ${reasonOf(error)}
      where position = ${row.position} and state = 'waiting' and next_attempt_at <= now()`.execute(db);
    if (uncountedMs !== undefined) return;
    const fields = { err: error, ...logFieldsOf(row), attempt: attempts, retryInMs: waitMs };
    logger.error(fields, 'a parked event could not be finished; trying again later');
  }
}
