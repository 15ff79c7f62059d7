import { waitUntil } from '@everyhop/testing';
import { addresses } from './addresses.ts';

/** A span as Jaeger keeps it. */
export interface Span {
  id: string;
  /** `undefined` for the root. */
  parentId: string | undefined;
  service: string;
  name: string;
  kind: string;
  /** The library that made it. */
  scope: string;
  attributes: Record<string, unknown>;
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/**
 * The trace, when Jaeger has it with as many `process` spans by the shop as given, and no span misses its parent; or
 * what there is of it after 20 s. `caller`: the span of the client, which Jaeger does not have.
 */
export async function traceOf(
  traceId: string,
  { shopProcesses, caller }: { shopProcesses: number; caller?: string },
): Promise<Span[]> {
  let spans: Span[] = [];
  const isWhole = async () => {
    spans = await spansOf(traceId);
    const ids = new Set([caller, ...spans.map(({ id }) => id)]);
    const processes = spans.filter(({ service, kind }) => service === 'shop' && kind === 'consumer');
    return (
      processes.length >= shopProcesses &&
      spans.every(({ parentId }) => parentId === undefined || ids.has(parentId))
    );
  };
  // A comparison with what there is tells more than that something is missing.
  await waitUntil(`Jaeger has the whole trace ${traceId}`, isWhole).catch(() => {});
  return spans;
}

async function spansOf(traceId: string): Promise<Span[]> {
  const response = await fetch(`${addresses.jaeger}/api/v3/traces/${traceId}`);
  const { result } = (await response.json()) as any;
  return result.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ scope, spans }: any) =>
      spans.map((span: any) => ({
        id: span.spanId,
        parentId: span.parentSpanId || undefined,
        service: plain(resource.attributes)['service.name'],
        name: span.name,
        kind: kinds[span.kind],
        scope: scope.name,
        attributes: plain(span.attributes ?? []),
      })),
    ),
  );
}

const plain = (attributes: { key: string; value: object }[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
