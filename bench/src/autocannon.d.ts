/** As much of autocannon as is used here; it brings no types of its own. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Options {
    url: string;
    method: string;
    headers: Record<string, string>;
    body: string;
    connections?: number;
    /** Seconds. */
    duration?: number;
    /** Requests in all, instead of a duration. */
    amount?: number;
    /** Requests a second, of all connections together. */
    overallRate?: number;
    /** Seconds that an answer may take. */
    timeout?: number;
    /** Called for each connection, which emits `response` with status, bytes and milliseconds. */
    setupClient?: (client: EventEmitter) => void;
  }

  export interface Result {
    '2xx': number;
    /** Seconds. */
    duration: number;
    errors: number;
    requests: { total: number };
    /** Milliseconds. */
    latency: { p99: number };
    statusCodeStats?: Record<string, { count?: number }>;
  }

  export default function autocannon(options: Options): Promise<Result>;
}
