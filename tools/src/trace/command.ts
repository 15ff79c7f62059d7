import { jaegerUrl } from '../stack/jaeger-url.ts';
import { findTrail } from '../trail/find-trail.ts';
import { type Span, spansOf, without } from './spans.ts';
import { waterfall } from './waterfall.ts';

interface TraceOptions {
  /** Whether also the spans of SQL statements and of HTTP's middleware are shown. */
  all?: boolean;
  json?: boolean;
}

const isTraceId = (id: string) => /^[\da-f]{32}$/i.test(id);
const isDetail = ({ scope }: Span) => /instrumentation-(pg|express|undici|http-client)$/.test(scope);

/**
 * `./dev trace`: the trace of an order, of an event or by its own id, as a waterfall. Resolves to 1 when there is none.
 */
export async function trace(id: string, { all, json }: TraceOptions): Promise<number> {
  const traceIds = isTraceId(id) ? [id] : await tracesOf(id);
  const traces = await Promise.all(traceIds.map((traceId) => spansOf(jaegerUrl(), traceId)));
  for (const [index, spans] of traces.entries()) {
    const shown = all ? spans : without(spans, isDetail);
    if (json) for (const span of shown) console.log(JSON.stringify(span));
    else if (shown.length > 0) console.log([`trace ${traceIds[index]}`, ...waterfall(shown)].join('\n'));
  }
  if (traces.some((spans) => spans.length > 0)) return 0;
  console.error(`Jaeger knows no trace of ${id}. A span arrives some seconds after it has ended.`);
  return 1;
}

async function tracesOf(id: string): Promise<string[]> {
  const { entries, silent } = await findTrail(id);
  for (const sentence of silent) console.error(sentence);
  return [...new Set(entries.flatMap(({ traceId }) => traceId ?? []))];
}
