export { type Duration } from './duration.ts';
export { errorType } from './error-type.ts';
export { setHttpRoute } from './http-route.ts';
export { currentLogFields, silentLogger, withFields, withLogFields, type Logger } from './logger.ts';
export { observeState, type StateObservation } from './observe-state.ts';
export { scrapeMetrics } from './scrape.ts';
export { shutdownTelemetry } from './shutdown.ts';
export { contextOf, failSpan, inSpan, startMessagingSpan, withSpan, type MessagingSpan } from './spans.ts';
export {
  currentTraceId,
  fromTraceContext,
  toTraceContext,
  traceIdOf,
  type TraceContext,
} from './trace-context.ts';
