import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InstrumentType,
  MetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { onScrape } from './scrape.ts';

const patienceMs = 3_000;

// As in https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1, and as
// a collector names them, so that dashboards fit both ways; the serializer leaves units out.
const unitNames: Record<string, string> = { s: 'seconds', By: 'bytes', '1': 'ratio' };

/** Collects metrics only when they are scraped, and writes them in Prometheus's text format. */
export class ScrapeReader extends MetricReader {
  #scraping: Promise<string> | undefined;

  constructor() {
    super({
      // What is not observed any more is left out; cumulative, it would be shown as it was for ever.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override onInitialized(): void {
    // Scrapes at the same time get the same answer: each observation is given out once.
    onScrape(() => (this.#scraping ??= this.#scrape().finally(() => (this.#scraping = undefined))));
  }

  async #scrape(): Promise<string> {
    const { resourceMetrics } = await this.collect({ timeoutMillis: patienceMs });
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map(withUnit),
    }));
    const resource = identityOf(resourceMetrics.resource);
    const isAnonymous = Object.keys(resource.attributes).length === 0;
    const serializer = new PrometheusSerializer('', false, undefined, isAnonymous, true);
    return serializer.serialize({ resource, scopeMetrics });
  }

  protected async onForceFlush(): Promise<void> {}

  protected async onShutdown(): Promise<void> {}
}

/** What `target_info` is made of; the rest of the resource, such as the command line, is for traces. */
function identityOf({ attributes }: Resource): Resource {
  if (attributes['service.instance.id'] === undefined) return resourceFromAttributes({});
  const isMeant = ([name]: [string, unknown]) => /^(service\.|host\.name$)/.test(name);
  return resourceFromAttributes(Object.fromEntries(Object.entries(attributes).filter(isMeant)));
}

function withUnit(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const suffix = unitNames[unit];
  if (suffix === undefined || name.endsWith(`.${suffix}`)) return metric;
  return { ...metric, descriptor: { ...metric.descriptor, name: `${name}.${suffix}`, unit: suffix } };
}
