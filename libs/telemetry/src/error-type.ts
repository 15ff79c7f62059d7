/** What kind of error this is, as the value of `error.type` of a metric: its class, of which there are few. */
export const errorType = (error: unknown): string =>
  error instanceof Error ? error.constructor.name : typeof error;
