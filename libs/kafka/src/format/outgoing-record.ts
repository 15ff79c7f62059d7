/** Where a record was sent, and by whom. */
export interface Destination {
  partition: number;
  /** The broker. */
  host: string;
  port: number;
  clientId: string;
}

/** One record as it goes to a topic. */
export interface OutgoingRecord {
  topic: string;
  /** Records of one key go to one partition (murmur2, as Java clients do). */
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string | Buffer | null | (string | Buffer | null)[]>;
  /** Set when it is sent, whatever becomes of it. */
  sentTo?: Destination;
}
