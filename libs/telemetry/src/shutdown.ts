let shutdown: () => Promise<void> = async () => {};

/** Called by `register` with what sends the buffered spans. */
export function onTelemetryShutdown(stop: () => Promise<void>): void {
  shutdown = stop;
}

/** Sends the spans that are still buffered; the last thing a process does. Does nothing without `register`. */
export const shutdownTelemetry = (): Promise<void> => shutdown();
