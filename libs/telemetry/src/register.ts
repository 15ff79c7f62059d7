/**
 * Starts OpenTelemetry before anything else is loaded: `node --import @everyhop/telemetry/register main.js`.
 *
 * Set up by the standard variables: `OTEL_SERVICE_NAME`, `OTEL_EXPORTER_OTLP_ENDPOINT` (spans leave as OTLP over
 * HTTP; without it trace ids exist in headers and logs, but nothing is exported), `OTEL_METRICS_EXPORTER` and
 * `OTEL_LOGS_EXPORTER` (`otlp`: they leave that way, too), `OTEL_SDK_DISABLED`. Metrics can be scraped in any case:
 * see `scrapeMetrics`.
 * Kafka is not instrumented here: the outbox and the inbox make the messaging spans and metrics themselves.
 */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { defaultResource } from '@opentelemetry/resources';
import { AggregationType, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { instanceResource } from './resource.ts';
import { ScrapeReader } from './scrape-reader.ts';
import { onTelemetryShutdown } from './shutdown.ts';

// Only what the instrumentations patch: a hook on every module would double the start-up time.
register({ include: ['http', 'node:http', 'https', 'node:https', 'express', 'pg', 'pg-pool', 'pino'] });

const { env } = process;
env.OTEL_TRACES_EXPORTER ??= env.OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none';
env.OTEL_LOGS_EXPORTER ??= 'none';
// Detecting hosts and clouds delays the first spans and tells a local stack nothing.
env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,process';
// Spans are seen within a second, not five; a batch is still sent as one request.
env.OTEL_BSP_SCHEDULE_DELAY ??= '500';

const metricReaders = [new ScrapeReader(), ...(env.OTEL_METRICS_EXPORTER === 'otlp' ? [pushMetrics()] : [])];

const sdk = new NodeSDK({
  resource: defaultResource().merge(instanceResource()),
  metricReaders,
  // They mix up pools, and lag behind; libs/service makes its own.
  views: [
    {
      meterName: '@opentelemetry/instrumentation-pg',
      instrumentName: 'db.client.connection.*',
      aggregation: { type: AggregationType.DROP },
    },
  ],
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url = '' }) => /^\/(health\/|metrics$)/.test(url),
    }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER] }),
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    new PinoInstrumentation({ disableLogSending: env.OTEL_LOGS_EXPORTER === 'none' }),
    // Its default of 10 ms costs a process that has nothing to do half a percent of a core.
    new RuntimeNodeInstrumentation({ monitoringPrecision: 50 }),
  ],
});
sdk.start();
onTelemetryShutdown(() => sdk.shutdown());

// The SDK would make it from the same variables, but only in place of other readers.
function pushMetrics() {
  // A longer timer would fire all the time.
  const interval = Math.min(Number(env.OTEL_METRIC_EXPORT_INTERVAL || 60_000), 2 ** 31 - 1);
  return new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis: interval,
  });
}
