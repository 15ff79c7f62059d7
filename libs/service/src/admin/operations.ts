import type { Inbox } from '@everyhop/inbox';
import type { Relay } from '@everyhop/outbox';
import type { Kysely } from 'kysely';

/** What the admin API operates on. */
export class Operations {
  /** Set by `startService` before it listens. */
  inbox!: Inbox;

  constructor(
    readonly db: Kysely<any>,
    readonly relay: Pick<Relay, 'wake'>,
  ) {}
}
