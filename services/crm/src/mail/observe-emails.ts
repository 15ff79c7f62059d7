import { observeState } from '@everyhop/telemetry';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { Kysely, sql } from 'kysely';
import type { CrmDatabase } from './database.ts';

/** Makes the emails that wait for an operator a metric: `everyhop.crm.emails`, by state (failed, uncertain). */
@Injectable()
export class ObserveEmails implements OnModuleInit, AsyncDisposable {
  #stop: (() => void) | undefined;

  constructor(private readonly db: Kysely<CrmDatabase>) {}

  onModuleInit(): void {
    const meter = metrics.getMeter('everyhop.crm');
    const emails = meter.createObservableGauge('everyhop.crm.emails', {
      description: 'Emails that are not sent again on their own, by state',
      unit: '{email}',
    });
    this.#stop = observeState({
      of: 'emails',
      meter,
      gauges: [emails],
      read: () => this.#read(),
      report(result, { failed, uncertain }) {
        result.observe(emails, failed, { state: 'failed' });
        result.observe(emails, uncertain, { state: 'uncertain' });
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop?.();
  }

  async #read(): Promise<{ failed: number; uncertain: number }> {
    const { rows } = await sql<{ failed: number; uncertain: number }>`
      select count(*) filter (where state = 'failed')::int as failed,
             count(*) filter (where state = 'uncertain')::int as uncertain
      from emails where state in ('failed', 'uncertain')`.execute(this.db);
    return rows[0]!;
  }
}
