import { stringify } from '../stringify.ts';

/** An event's data as JSON: integers of 64 bits as text, so that none is rounded, and dates as ISO 8601. */
export const toJson = (data: unknown): unknown => JSON.parse(stringify(data));
