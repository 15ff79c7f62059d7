import type { ColumnType, Generated } from 'kysely';

/** Crm's tables, as migrations/ creates them. */
export interface CrmDatabase {
  emails: {
    id: Generated<string>;
    event_id: string;
    kind: 'Welcome' | 'FollowUp';
    order_id: string | null;
    recipient_name: string;
    recipient_email: string;
    subject: string;
    body_text: string;
    body_html: string;
    send_at: Date;
    sent_at: Date | null;
    state: Generated<'pending' | 'sending' | 'sent' | 'failed' | 'uncertain' | 'discarded'>;
    state_since: Generated<Date>;
    tries: Generated<number>;
    uncertain: Generated<number>;
    last_error: string | null;
    /** Written as JSON text. */
    cause: ColumnType<Record<string, string> | null, string | undefined, never>;
  };
}
