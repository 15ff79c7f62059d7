/**
 * Starts OpenTelemetry before anything else is loaded: `node --import @everyhop/telemetry/register main.js`.
 *
 * Set up by the standard variables: `OTEL_SERVICE_NAME`, `OTEL_EXPORTER_OTLP_ENDPOINT` (spans leave as OTLP over
 * HTTP; without it trace ids exist in headers and logs, but nothing is exported), `OTEL_SDK_DISABLED`.
 * Kafka is not instrumented here: the outbox and the inbox make the messaging spans themselves.
 */
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { onTelemetryShutdown } from './shutdown.ts';

// Only what the instrumentations patch: a hook on every module would double the start-up time.
register({ include: ['http', 'node:http', 'https', 'node:https', 'express', 'pg', 'pg-pool', 'pino'] });

process.env.OTEL_TRACES_EXPORTER ??= process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none';
process.env.OTEL_METRICS_EXPORTER ??= 'none';
process.env.OTEL_LOGS_EXPORTER ??= 'none';
// Detecting hosts and clouds delays the first spans and tells a local stack nothing.
process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,process';
// Spans are seen within a second, not five; a batch is still sent as one request.
process.env.OTEL_BSP_SCHEDULE_DELAY ??= '500';

const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url?.startsWith('/health/') ?? false }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER] }),
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    new PinoInstrumentation({ disableLogSending: true }),
  ],
});
sdk.start();
onTelemetryShutdown(() => sdk.shutdown());
