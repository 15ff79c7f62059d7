import type { Inbox } from '@everyhop/inbox';
import type { Relay } from '@everyhop/outbox';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';

/** What the admin API operates on. */
export class Operations {
  /** Told by the one that starts the service, before it listens. */
  inbox!: Inbox;

  constructor(
    readonly db: Kysely<any>,
    readonly pool: Pool,
    readonly relay: Pick<Relay, 'wake'>,
  ) {}
}
