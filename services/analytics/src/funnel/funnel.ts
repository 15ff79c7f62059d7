import { Injectable } from '@nestjs/common';
import { Kysely, sql } from 'kysely';
import { type AnalyticsDatabase, type Step, steps } from './database.ts';

/** How many took each step. */
export type Counts = Record<Step, number>;

/** When a journey took its steps, in the order of time. */
export interface Journey {
  /** Null for a guest. */
  customerId: string | null;
  steps: { step: Step; at: Date }[];
}

/** Answers from what was noted. */
@Injectable()
export class Funnel {
  constructor(private readonly db: Kysely<AnalyticsDatabase>) {}

  /** The steps taken in each minute (UTC) from `from` until before `to`; a minute without any is left out. */
  async perMinute(from: Date, to: Date): Promise<{ minute: Date; counts: Counts }[]> {
    const rows = await this.db
      .selectFrom('step')
      .select(({ fn }) => [
        'step',
        sql<Date>`date_trunc('minute', at, 'UTC')`.as('minute'),
        fn.countAll<string>().as('count'),
      ])
      .where('at', '>=', from)
      .where('at', '<', to)
      .groupBy(['minute', 'step'])
      .orderBy('minute')
      .execute();
    const minutes = Map.groupBy(rows, ({ minute }) => minute.getTime());
    return [...minutes].map(([minute, ofMinute]) => ({
      minute: new Date(minute),
      counts: countsOf((step) => Number(ofMinute.find((row) => row.step === step)?.count ?? 0)),
    }));
  }

  /** The journey of an order; undefined when nothing is known of it. A registration is the first step of its customer's orders. */
  async journey(orderId: string): Promise<Journey | undefined> {
    const taken = await this.db
      .selectFrom('step')
      .selectAll()
      .where('journey', '=', orderId)
      .orderBy('at')
      .execute();
    if (taken.length === 0) return undefined;
    const customerId = taken.find(({ customer_id }) => customer_id !== null)?.customer_id ?? null;
    const registered = customerId === null ? [] : await this.#registration(customerId);
    return { customerId, steps: [...registered, ...taken].map(({ step, at }) => ({ step, at })) };
  }

  #registration(customerId: string) {
    return this.db
      .selectFrom('step')
      .selectAll()
      .where('journey', '=', customerId)
      .where('step', '=', 'registered')
      .execute();
  }
}

/** All counts together. */
export const sum = (all: Counts[]): Counts =>
  countsOf((step) => all.reduce((total, counts) => total + counts[step], 0));

const countsOf = (count: (step: Step) => number) =>
  Object.fromEntries(steps.map((step) => [step, count(step)])) as Counts;
